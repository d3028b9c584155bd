package io.tidemark.status;

import io.tidemark.ops.RefreshedBatch;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How far dates can be closed: no further than the watermark, and no further than any clock. Events
 * alone do not tell that a date is over, since one of them may be from the future.
 *
 * @param now the clock of who asks
 * @param maxFuture how far an event may be ahead of a clock
 */
public record ClosingClock(Instant now, Duration maxFuture) {

  /** The earliest of the watermark, the clock that the refresh saw, and the one here. */
  public Optional<Instant> reached(Optional<RefreshedBatch> refreshed) {
    return refreshed
        .filter(last -> !isBehind(last))
        .map(last -> earlier(last.watermark(), clock(last)));
  }

  /**
   * Whether an event from the future has taken the watermark along: then it says of no date that it
   * is over.
   */
  boolean isBehind(RefreshedBatch refreshed) {
    return refreshed.isAheadOf(clock(refreshed), maxFuture);
  }

  private Instant clock(RefreshedBatch refreshed) {
    return earlier(refreshed.refreshedAt(), now);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
