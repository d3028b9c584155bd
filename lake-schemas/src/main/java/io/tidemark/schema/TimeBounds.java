package io.tidemark.schema;

import java.io.Serializable;
import java.time.Instant;

/**
 * Which event times are plausible. No single clock decides: an event may be ahead neither of the
 * clock that lands it nor of the time that its record says it arrived at.
 *
 * @param historyFrom micros since the epoch; an earlier event is refused
 * @param maxFuture micros that an event may be ahead of either clock
 * @param now the landing's clock, micros since the epoch; {@link Long#MAX_VALUE} if nobody looked
 */
record TimeBounds(long historyFrom, long maxFuture, long now) implements Serializable {

  /** Of records whose time does not matter. */
  static final TimeBounds NONE = new TimeBounds(Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

  TimeBounds at(Instant clock) {
    return new TimeBounds(historyFrom, maxFuture, Micros.of(clock));
  }

  /**
   * @param timestamp of the record, micros since the epoch
   * @param brokersClock whether the broker gave it, when the record arrived; a producer may say
   *     anything, so what it says is an arrival only if it lies between the first date and now
   */
  void check(long eventTime, long timestamp, boolean brokersClock) throws RejectedRecordException {
    if (eventTime < historyFrom) {
      throw new RejectedRecordException(
          Rejection.MAX_PAST,
          "event_time %s is before the pipeline's history-from"
              .formatted(Micros.instant(eventTime)));
    }
    if (isAhead(eventTime, now)) {
      throw ahead(eventTime, "the landing's clock", now);
    }
    if (isArrival(timestamp, brokersClock) && isAhead(eventTime, timestamp)) {
      throw ahead(
          eventTime, brokersClock ? "the broker's clock" : "the record's timestamp", timestamp);
    }
  }

  private boolean isArrival(long timestamp, boolean brokersClock) {
    return brokersClock ? timestamp > 0 : timestamp >= historyFrom && timestamp <= now;
  }

  /** Also where the sum would overflow. */
  private boolean isAhead(long eventTime, long clock) {
    return clock < Long.MAX_VALUE - maxFuture && eventTime > clock + maxFuture;
  }

  private static RejectedRecordException ahead(long eventTime, String clock, long time) {
    return new RejectedRecordException(
        Rejection.MAX_FUTURE,
        "event_time %s is further ahead of %s, %s, than max-future"
            .formatted(Micros.instant(eventTime), clock, Micros.instant(time)));
  }
}
