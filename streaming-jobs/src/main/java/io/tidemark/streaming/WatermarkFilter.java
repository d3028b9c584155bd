package io.tidemark.streaming;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.unix_micros;

import io.tidemark.schema.EventColumns;
import io.tidemark.schema.Micros;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;

/**
 * Lets into a refresh what is neither late by its watermark nor ahead of the clock, and notes what
 * was read. An event from the future would take the watermark along, and everything after it would
 * be late; its date is counted by reconciliation, once it is over. A batch drops by the watermark
 * that all batches before it have reached. Spark alone would drop by the one before that, unless a
 * batch without data came in between: what it drops would depend on the rhythm of batches.
 */
final class WatermarkFilter implements UDF2<Long, Long, Boolean> {
  private static final long serialVersionUID = 1L;

  private final Duration lateness;
  private final RefreshMetrics metrics;

  /** Microseconds; each job of Spark takes the value along that it finds when it starts. */
  private long lateAt = Long.MIN_VALUE;

  private long aheadAt = Long.MAX_VALUE;

  WatermarkFilter(Duration lateness, SparkContext context) {
    this.lateness = lateness;
    this.metrics = RefreshMetrics.register(context);
  }

  /** The same events, less those that are late or ahead for the batch that is read. */
  Dataset<Row> of(Dataset<Row> events) {
    return events.where(
        udf(this, DataTypes.BooleanType)
            .asNondeterministic()
            .apply(col(EventColumns.LANDED_BATCH), unix_micros(col(EventColumns.EVENT_TIME))));
  }

  /**
   * Makes ready for the next batch.
   *
   * @param watermark events at or before it are dropped
   * @param ahead events after it are not taken in
   */
  void begin(Optional<Instant> watermark, Instant ahead) {
    lateAt = watermark.map(Micros::of).orElse(Long.MIN_VALUE);
    aheadAt = Micros.of(ahead);
    metrics.reset();
  }

  /**
   * @param time null for a row that somebody has edited: it is on no date, and in no window
   */
  @Override
  public Boolean call(Long landedBatch, Long time) {
    boolean counts = time != null && time <= aheadAt;
    boolean late = time != null && time <= lateAt;
    metrics.add(
        new RefreshMetrics.Event(landedBatch, counts ? time : RefreshMetrics.NO_TIME, late));
    return counts && !late;
  }

  /** How many events were left outside because they were late. */
  long late() {
    return metrics.late();
  }

  /** The newest event so far, empty if there was none. */
  Optional<Instant> newest(Optional<Instant> watermark) {
    // The watermark trails it by exactly the lateness: another lateness begins another checkpoint.
    return Optional.of(reached(watermark))
        .filter(Instant.EPOCH::isBefore)
        .map(reached -> reached.plus(lateness));
  }

  OptionalLong landedFrom() {
    return metrics.landedFrom();
  }

  OptionalLong landedThrough() {
    return metrics.landedThrough();
  }

  /**
   * The watermark that the batch has reached, as Spark finds it for the next one: it begins at
   * 1970, has milliseconds, and never goes back.
   */
  Instant reached(Optional<Instant> watermark) {
    Instant before = watermark.orElse(Instant.EPOCH);
    return metrics
        .latest()
        .map(time -> time.truncatedTo(ChronoUnit.MILLIS).minus(lateness))
        .filter(before::isBefore)
        .orElse(before);
  }
}
