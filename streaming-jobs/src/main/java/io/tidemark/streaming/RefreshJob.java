package io.tidemark.streaming;

import static org.apache.spark.sql.functions.col;

import io.tidemark.ops.OperationTables;
import io.tidemark.ops.RefreshedBatch;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.LakeTable;
import io.tidemark.view.View;
import java.sql.Date;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;

/** Keeps one view fresh: reads its events table as a stream, and upserts what changed. */
final class RefreshJob {
  private final String pipeline;
  private final View view;
  private final LakeTable events;
  private final Map<String, LakeTable> dimensions;
  private final LakeTable table;
  private final OperationTables operations;
  private final Checkpoint checkpoint;
  private final Clock clock;
  private Intake intake;

  RefreshJob(
      String pipeline,
      View view,
      LakeTable events,
      Map<String, LakeTable> dimensions,
      LakeTable table,
      OperationTables operations,
      Checkpoint checkpoint,
      Clock clock) {
    this.pipeline = pipeline;
    this.view = view;
    this.events = events;
    this.dimensions = Map.copyOf(dimensions);
    this.table = table;
    this.operations = operations;
    this.checkpoint = checkpoint;
    this.clock = clock;
  }

  String query() {
    return "%s.refresh.%s".formatted(pipeline, view.name());
  }

  StreamingQuery start(SparkSession spark, Trigger trigger) throws TimeoutException {
    Map<String, Dataset<Row>> enriching = new HashMap<>();
    for (String dimension : view.dimensions()) {
      enriching.put(dimension, dimensions.get(dimension).read(spark));
    }
    intake = new Intake(view.definition().lateness(), spark.sparkContext());
    VoidFunction2<Dataset<Row>, Long> refresh = this::refresh;
    return view.stream(intake.of(events.stream(spark)), enriching)
        .writeStream()
        .queryName(query())
        .outputMode("update")
        .trigger(trigger)
        .option("checkpointLocation", checkpoint.location())
        .foreachBatch(refresh)
        .start();
  }

  private void refresh(Dataset<Row> rows, long batch) {
    SparkSession spark = rows.sparkSession();
    Optional<Instant> lateAt = checkpoint.watermark(batch);
    intake.begin(lateAt);
    // Counting evaluates the batch, which commits its state even if nothing changed in the view.
    rows.persist();
    try {
      Map<LocalDate, Long> changed = countsByDate(rows);
      Set<LocalDate> sealed = operations.seals().sealedDates(spark, pipeline, view.name());
      List<LocalDate> open = changed.keySet().stream().filter(d -> !sealed.contains(d)).toList();
      long written = open.stream().mapToLong(changed::get).sum();
      long all = changed.values().stream().mapToLong(Long::longValue).sum();
      RefreshedBatch refreshed = refreshed(batch, lateAt, written, all - written);
      Dataset<Row> kept =
          written == all
              ? rows
              : rows.where(col(EventColumns.DATE).isin(open.stream().map(Date::valueOf).toArray()));
      // The table would take a job to find out that there is nothing.
      if (written > 0) {
        table.upsert(kept, view.definition().key(), refreshed.commit(pipeline, view.name()));
      }
      operations.refreshes().append(spark, pipeline, view.name(), refreshed);
    } finally {
      rows.unpersist();
    }
  }

  private RefreshedBatch refreshed(
      long batch, Optional<Instant> lateAt, long written, long sealed) {
    return new RefreshedBatch(
        checkpoint.id(),
        batch,
        intake.landedFrom(),
        intake.landedThrough(),
        lateAt,
        intake.reached(lateAt),
        written,
        sealed,
        clock.instant());
  }

  private static Map<LocalDate, Long> countsByDate(Dataset<Row> rows) {
    Map<LocalDate, Long> counts = new HashMap<>();
    rows.groupBy(EventColumns.DATE)
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getDate(0).toLocalDate(), row.getLong(1)));
    return counts;
  }
}
