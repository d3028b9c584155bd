package io.tidemark.local.bench;

import io.tidemark.output.WrongUsageException;

/**
 * How events are sent to measure freshness.
 *
 * @param rate events a second
 * @param seconds how long they count, after {@link #WARM_UP_SECONDS} in which they do not
 */
public record Pace(int rate, int seconds) {
  /** In which the stream catches up with its start, and Java compiles most of what it needs. */
  static final int WARM_UP_SECONDS = 60;

  public Pace {
    if (rate < 1 || seconds < 1) {
      throw new WrongUsageException(
          "Cannot measure freshness with %d events a second for %d s: give at least one of each"
              .formatted(rate, seconds));
    }
  }

  /** How many events are sent before those that count. */
  long warmUp() {
    return (long) rate * WARM_UP_SECONDS;
  }

  /** How many events are sent in all. */
  long events() {
    return warmUp() + (long) rate * seconds;
  }
}
