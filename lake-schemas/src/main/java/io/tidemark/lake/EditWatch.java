package io.tidemark.lake;

import io.tidemark.ops.Edits;
import io.tidemark.ops.OperationTables;
import io.tidemark.ops.Seal;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.table.LakeTable;
import io.tidemark.view.View;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;

/** Looks for edits of a pipeline's events tables. */
public record EditWatch(
    SparkSession spark, Pipeline pipeline, OperationTables operations, Clock clock) {

  /** Looks, and keeps what it found, so that the next look begins where this one ends. */
  public Edits.Look look(LakeTable events) {
    return operations
        .edits()
        .look(spark, pipeline.name(), events, () -> sealed(events), clock.instant());
  }

  /** The same, for whoever looks next. */
  public void keep(LakeTable events) {
    operations.edits().keep(spark, pipeline.name(), events, () -> sealed(events), clock.instant());
  }

  /** Looks, and writes nothing. */
  public Edits.Look peek(LakeTable events) {
    return operations.edits().peek(spark, pipeline.name(), events, () -> sealed(events));
  }

  /** What the seals that count were made from. */
  private Collection<Long> sealed(LakeTable events) {
    Map<String, SortedMap<LocalDate, Seal>> seals = operations.seals().last(spark, pipeline.name());
    Collection<Long> versions = new TreeSet<>();
    pipeline.views().stream()
        .map(definition -> View.of(definition, pipeline))
        .filter(view -> pipeline.table(view.events()).equals(events.name()))
        .flatMap(view -> seals.getOrDefault(view.name(), new TreeMap<>()).values().stream())
        .forEach(seal -> versions.add(seal.eventsVersion()));
    return versions;
  }
}
