package io.tidemark.forget;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;

import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.PipelineTables.ViewTable;
import io.tidemark.lake.ViewStream;
import io.tidemark.ops.DriftLog;
import io.tidemark.ops.Reconciliations;
import io.tidemark.pipeline.Environment;
import io.tidemark.status.DateRun;
import io.tidemark.status.Recomputation;
import io.tidemark.view.View;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Removes what a repair does not reach: the state of the views' streams, the keys and values of
 * earlier drift, and the ids of conflicting events. Removing it again changes nothing.
 */
record Traces(SparkSession spark, PipelineTables tables, Environment environment) {

  /**
   * Covers earlier runs, too: they may have been killed before this step.
   *
   * @param erased full names of the events tables from which something was erased just now
   */
  void remove(Set<String> erased) {
    for (ViewTable view : tables.views().values()) {
      String events = tables.pipeline().table(view.view().events());
      SortedMap<LocalDate, Instant> erasedAt = erasedAt(events);
      if (erased.contains(events)) {
        // A run's time is its start. Drift that was found since, and a stream that began since, may
        // have seen the events.
        erasedAt.replaceAll((date, at) -> Instant.MAX);
      }
      if (!erasedAt.isEmpty()) {
        ViewStream.of(spark, tables, environment, view).forget(Collections.max(erasedAt.values()));
        redact(view.view(), erasedAt);
      }
    }
  }

  /** The last time at which events of a date were erased, by date. */
  private SortedMap<LocalDate, Instant> erasedAt(String events) {
    List<Row> dates =
        tables
            .operations()
            .erased()
            .of(spark, tables.pipeline().name(), events)
            .map(
                rows ->
                    rows.where(col("date").isNotNull())
                        .groupBy("date")
                        .agg(max("erased_at"))
                        .collectAsList())
            .orElse(List.of());
    SortedMap<LocalDate, Instant> erasedAt = new TreeMap<>();
    for (Row row : dates) {
      erasedAt.put(row.<Date>getAs(0).toLocalDate(), row.<Timestamp>getAs(1).toInstant());
    }
    return erasedAt;
  }

  /** All drift and conflicts of a date: nobody can tell which of it shows what was erased. */
  private void redact(View view, SortedMap<LocalDate, Instant> erasedAt) {
    String pipeline = tables.pipeline().name();
    DriftLog drift = tables.operations().drift();
    drift.redact(
        spark,
        pipeline,
        view.name(),
        before(view, drift.shown(spark, pipeline, view.name()), erasedAt));
    Reconciliations kept = tables.operations().reconciliations();
    kept.redact(
        spark,
        pipeline,
        view.name(),
        before(view, kept.quoting(spark, pipeline, view.name()), erasedAt));
  }

  private static List<DriftLog.Found> before(
      View view, List<DriftLog.Found> found, SortedMap<LocalDate, Instant> erasedAt) {
    return found.stream().filter(one -> isBefore(view, one, erasedAt)).toList();
  }

  private static boolean isBefore(
      View view, DriftLog.Found found, SortedMap<LocalDate, Instant> erasedAt) {
    DateRun near =
        Recomputation.near(view.window(), view.definition().deduplicationWindow(), found.date());
    return erasedAt.subMap(near.from(), near.to().plusDays(1)).values().stream()
        .anyMatch(at -> !found.at().isAfter(at));
  }
}
