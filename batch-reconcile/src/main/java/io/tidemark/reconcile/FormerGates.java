package io.tidemark.reconcile;

import io.tidemark.lake.PipelineTables;
import io.tidemark.status.Gates;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Checks that were gates when the pipeline was reconciled last. Who has taken them out of
 * quality.yaml knows; who has left the file behind should.
 */
record FormerGates(List<String> names) {
  FormerGates {
    names = List.copyOf(names);
  }

  /**
   * Before a run is recorded: the next one has nothing to say of them.
   *
   * @param at now
   */
  static FormerGates of(SparkSession spark, PipelineTables tables, Instant at) {
    List<String> now = Gates.names(tables);
    return new FormerGates(
        tables
            .operations()
            .reconciliations()
            .lastGates(spark, tables.pipeline().name(), at)
            .stream()
            .filter(gate -> !now.contains(gate))
            .toList());
  }

  /** In a line, if there are any. */
  Optional<String> text() {
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "quality.yaml has lost %s since the last run. Dates no longer wait for %s. You will not be told again."
                .formatted(
                    (names.size() == 1 ? "a gate, " : names.size() + " gates, ")
                        + String.join(", ", names),
                    names.size() == 1 ? "it" : "them"));
  }
}
