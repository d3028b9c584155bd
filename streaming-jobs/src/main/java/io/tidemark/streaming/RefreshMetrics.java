package io.tidemark.streaming;

import io.tidemark.schema.Micros;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.SparkContext;
import org.apache.spark.util.AccumulatorV2;

/**
 * What a refresh batch has read so far: from which landing batch to which, and the greatest event
 * time. The rows themselves tell: Spark's observed metrics reach a query's progress only after its
 * batch has ended, which is too late for a row that must be written within it. Least and greatest
 * values do not change when a task is tried twice.
 */
final class RefreshMetrics extends AccumulatorV2<RefreshMetrics.Event, RefreshMetrics> {
  private static final long serialVersionUID = 1L;

  /** Of an event whose time counts for nothing. */
  static final long NO_TIME = Long.MIN_VALUE;

  private long from = Long.MAX_VALUE;
  private long through = Long.MIN_VALUE;
  private long latest = NO_TIME;
  private long late;

  /**
   * What counts of an event.
   *
   * @param time in microseconds since 1970, UTC, or {@link #NO_TIME}
   */
  record Event(long landedBatch, long time, boolean isLate) {}

  static RefreshMetrics register(SparkContext context) {
    RefreshMetrics metrics = new RefreshMetrics();
    context.register(metrics, "events refreshed");
    return metrics;
  }

  /** The first landing batch, empty if nothing was read. */
  OptionalLong landedFrom() {
    return isZero() ? OptionalLong.empty() : OptionalLong.of(from);
  }

  OptionalLong landedThrough() {
    return isZero() ? OptionalLong.empty() : OptionalLong.of(through);
  }

  /** The greatest event time, to the microsecond. */
  Optional<Instant> latest() {
    return latest == NO_TIME ? Optional.empty() : Optional.of(Micros.instant(latest));
  }

  /** How many were late, for people: a task that is tried twice counts them twice. */
  long late() {
    return late;
  }

  @Override
  public boolean isZero() {
    return from > through;
  }

  @Override
  public void add(Event event) {
    from = Math.min(from, event.landedBatch());
    through = Math.max(through, event.landedBatch());
    latest = Math.max(latest, event.time());
    late += event.isLate() ? 1 : 0;
  }

  @Override
  public void merge(AccumulatorV2<Event, RefreshMetrics> other) {
    RefreshMetrics metrics = other.value();
    from = Math.min(from, metrics.from);
    through = Math.max(through, metrics.through);
    latest = Math.max(latest, metrics.latest);
    late += metrics.late;
  }

  @Override
  public void reset() {
    from = Long.MAX_VALUE;
    through = Long.MIN_VALUE;
    latest = NO_TIME;
    late = 0;
  }

  @Override
  public RefreshMetrics copy() {
    RefreshMetrics copy = new RefreshMetrics();
    copy.from = from;
    copy.through = through;
    copy.latest = latest;
    copy.late = late;
    return copy;
  }

  @Override
  public RefreshMetrics value() {
    return this;
  }

  /** Not as the superclass has it, which prints the value, which is this. */
  @Override
  public String toString() {
    return "landed batches [%d, %d], event times to %d us".formatted(from, through, latest);
  }
}
