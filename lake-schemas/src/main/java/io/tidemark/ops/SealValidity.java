package io.tidemark.ops;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Function;

/**
 * Which seals of a view count at all. A date that was sealed before it was over, by the clock of
 * the seal, was sealed by an event from the future; so was one that was sealed while the view's
 * watermark was ahead of the clock. Such a seal proves nothing: its date is not sealed.
 *
 * @param overAt when the last window that starts on a date ends
 * @param ahead while the view's watermark was ahead of the clock, see {@link Refreshes#ahead}
 */
public record SealValidity(Function<LocalDate, Instant> overAt, List<Period> ahead) {
  public SealValidity {
    ahead = List.copyOf(ahead);
  }

  /** A time from one instant up to another, which is not part of it. */
  public record Period(Instant from, Instant until) {
    boolean holds(Instant time) {
      return !time.isBefore(from) && time.isBefore(until);
    }
  }

  public boolean counts(LocalDate date, Instant sealedAt) {
    return !overAt.apply(date).isAfter(sealedAt)
        && ahead.stream().noneMatch(period -> period.holds(sealedAt));
  }
}
