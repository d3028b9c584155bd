package io.tidemark.streaming;

import io.tidemark.landing.LandingQuery;
import io.tidemark.ops.OperationTables;
import io.tidemark.ops.RefreshedBatch;
import io.tidemark.ops.SealValidity;
import io.tidemark.output.NamedCommand;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.table.Batch;
import io.tidemark.table.LakeTable;
import io.tidemark.view.View;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;

/** Keeps one view fresh: reads its events table as a stream, and upserts what changed. */
final class RefreshJob {
  private final Pipeline pipeline;
  private final View view;
  private final LakeTable events;
  private final Map<String, LakeTable> dimensions;
  private final LakeTable table;
  private final OperationTables operations;
  private final Supplier<Checkpoint> checkpoints;
  private final Clock clock;
  private Checkpoint checkpoint;
  private WatermarkFilter filter;
  private volatile long written;
  private volatile long late;
  private volatile long batches;
  private volatile Optional<Instant> newest = Optional.empty();
  private volatile OptionalLong landedThrough = OptionalLong.empty();

  /**
   * @param checkpoints is asked at each start which one to go on with
   */
  RefreshJob(
      Pipeline pipeline,
      View view,
      LakeTable events,
      Map<String, LakeTable> dimensions,
      LakeTable table,
      OperationTables operations,
      Supplier<Checkpoint> checkpoints,
      Clock clock) {
    this.pipeline = pipeline;
    this.view = view;
    this.events = events;
    this.dimensions = Map.copyOf(dimensions);
    this.table = table;
    this.operations = operations;
    this.checkpoints = checkpoints;
    this.clock = clock;
  }

  String query() {
    return "%s.refresh.%s".formatted(pipeline.name(), view.name());
  }

  /** The query that lands the events that it reads. */
  String landedBy() {
    return new LandingQuery(pipeline.name(), view.events()).stream();
  }

  /**
   * What it has done since it was made.
   *
   * @param landing the job that lands its events, if it runs here
   */
  StreamStanding.OfView standing(Optional<LandJob> landing) {
    return new StreamStanding.OfView(
        view.name(),
        written,
        late,
        newest,
        batches,
        landing
            .flatMap(job -> job.waitingSince(landedThrough))
            .map(since -> Duration.between(since, clock.instant())));
  }

  StreamingQuery start(SparkSession spark, Trigger trigger) throws TimeoutException {
    checkpoint = checkpoints.get();
    checkpoint.require();
    Map<String, Dataset<Row>> enriching = new HashMap<>();
    for (String dimension : view.dimensions()) {
      enriching.put(dimension, dimensions.get(dimension).read(spark));
    }
    refuseWatermarkFromTheFuture(spark);
    filter = new WatermarkFilter(view.definition().lateness(), spark.sparkContext());
    VoidFunction2<Dataset<Row>, Long> refresh = this::refresh;
    return view.stream(filter.of(events.stream(spark, checkpoint.path())), enriching)
        .writeStream()
        .queryName(query())
        .outputMode("update")
        .trigger(trigger)
        .option("checkpointLocation", checkpoint.location())
        .foreachBatch(refresh)
        .start();
  }

  /** Every honest event would be late by it, for as long as it is ahead. */
  private void refuseWatermarkFromTheFuture(SparkSession spark) {
    if (checkpoint.isEmpty()) {
      return;
    }
    RefreshedBatch last = operations.refreshes().last(spark, pipeline.name()).get(view.name());
    if (last != null
        && last.checkpoint().equals(checkpoint.id())
        && last.isAheadOf(clock.instant(), pipeline.maxFuture())) {
      throw new IllegalStateException(
          "Cannot refresh %s: an event from the future has moved its watermark to %s, and every event before that is late. Start the view's stream over: %s"
              .formatted(
                  view.name(),
                  last.watermark(),
                  NamedCommand.of("stream --rebuild " + view.name())));
    }
  }

  private SealValidity validity(SparkSession spark) {
    return new SealValidity(
        view.window()::lastEndOf,
        operations
            .refreshes()
            .ahead(spark, pipeline.name(), pipeline.maxFuture())
            .getOrDefault(view.name(), List.of()));
  }

  private void refresh(Dataset<Row> rows, long batch) {
    SparkSession spark = rows.sparkSession();
    checkpoint.requireLease();
    Optional<Instant> lateAt = checkpoint.watermark(batch);
    Instant aheadAt = readAt(batch).plus(pipeline.maxFuture());
    filter.begin(lateAt, aheadAt);
    // Evaluates the batch, which commits its state even if nothing changed in the view.
    try (Batch changed = Batch.of(table.definition(), rows)) {
      Set<LocalDate> sealed =
          operations
              .seals()
              .sealedDates(spark, pipeline.name(), view.name(), () -> validity(spark));
      Batch open = changed.without(sealed);
      RefreshedBatch refreshed =
          refreshed(batch, lateAt, aheadAt, open.size(), changed.size() - open.size());
      checkpoint.requireLease();
      table.upsert(open, view.definition().key(), refreshed.commit(pipeline.name(), view.name()));
      operations
          .refreshes()
          .append(spark, pipeline.name(), view.name(), refreshed.writtenAt(clock.instant()));
      note(refreshed, open.size());
    }
  }

  private void note(RefreshedBatch refreshed, long rows) {
    written += rows;
    late += filter.late();
    newest = refreshed.newestEvent();
    if (refreshed.landedThrough().isPresent()) {
      landedThrough = refreshed.landedThrough();
    }
    batches++;
  }

  /** A batch that is tried again takes in what it took in before. */
  private Instant readAt(long batch) {
    Instant planned = checkpoint.plannedAt(batch);
    Instant now = clock.instant();
    return planned.isBefore(now) ? planned : now;
  }

  private RefreshedBatch refreshed(
      long batch, Optional<Instant> lateAt, Instant aheadAt, long written, long sealed) {
    return new RefreshedBatch(
        checkpoint.id(),
        batch,
        filter.landedFrom(),
        filter.landedThrough(),
        lateAt,
        Optional.of(aheadAt),
        filter.reached(lateAt),
        written,
        sealed,
        clock.instant(),
        Optional.of(view.version().name()),
        filter.newest(lateAt),
        OptionalLong.of(filter.late()));
  }
}
