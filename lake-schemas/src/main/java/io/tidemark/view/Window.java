package io.tidemark.view;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/**
 * The event-time window of a view. A window belongs to the date that it starts on.
 *
 * @param length from a window's start to its end
 * @param slide from a window's start to the next one's; equal to {@code length} if windows do not
 *     overlap
 */
public record Window(Duration length, Duration slide) {

  /** The end of the last window that starts on this date. */
  public Instant lastEndOf(LocalDate date) {
    long day = date.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    long next = day + Duration.ofDays(1).toSeconds();
    long lastStart = Math.floorDiv(next - 1, slide.toSeconds()) * slide.toSeconds();
    return Instant.ofEpochSecond(lastStart).plus(length);
  }

  /**
   * The date of the first window in which an event of this date counts: an earlier one, if windows
   * reach past midnight.
   */
  public LocalDate firstDateOf(LocalDate date) {
    long midnight = date.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
    long firstStart =
        (Math.floorDiv(midnight - length.toSeconds(), slide.toSeconds()) + 1) * slide.toSeconds();
    return LocalDate.ofInstant(Instant.ofEpochSecond(firstStart), ZoneOffset.UTC);
  }

  /** The last date whose events count in windows that start on this date. */
  public LocalDate lastEventDateOf(LocalDate date) {
    return lastEndOf(date).minusNanos(1).atZone(ZoneOffset.UTC).toLocalDate();
  }

  /** Whether every window that starts on this date has ended at this watermark. */
  public boolean isClosed(LocalDate date, Instant watermark) {
    return !lastEndOf(date).isAfter(watermark);
  }
}
