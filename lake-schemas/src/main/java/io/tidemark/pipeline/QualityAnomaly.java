package io.tidemark.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.UUID;

/**
 * How far the value of a date may be from those of earlier dates.
 *
 * @param by which earlier dates it is compared with
 * @param history with how many of them at most, the last ones
 * @param leastHistory with fewer than this nothing is said
 * @param deviations from their mean, in standard deviations
 * @param maxDecrease the least share of the last value, 0.5 for half of it
 * @param maxIncrease the greatest share of the last value, 2 for twice as much
 */
public record QualityAnomaly(
    By by,
    int history,
    int leastHistory,
    Optional<BigDecimal> deviations,
    Optional<BigDecimal> maxDecrease,
    Optional<BigDecimal> maxIncrease) {

  /** Every earlier date, or those of the same day of the week. */
  public enum By {
    DATE,
    WEEKDAY
  }

  static QualityAnomaly of(Section section) {
    QualityAnomaly anomaly =
        new QualityAnomaly(
            section.optional("by", "date", text -> Value.oneOf(By.class, text)),
            count(section, "history", "28"),
            count(section, "least-history", "4"),
            section.optional("deviations", QualityFile::positive),
            section.optional("max-decrease", QualityFile::positive),
            section.optional("max-increase", QualityFile::positive));
    boolean changes = anomaly.maxDecrease().isPresent() || anomaly.maxIncrease().isPresent();
    if (anomaly.deviations().isPresent() == changes) {
      section.problem(
          "deviations",
          "Cannot tell what is an anomaly: give either deviations, or max-decrease or max-increase"
              + " or both.");
    }
    if (anomaly.deviations().isPresent() && anomaly.leastHistory() < 2) {
      section.problem(
          "least-history", "Cannot tell the deviation of fewer than two values: write at least 2.");
    }
    if (anomaly.maxDecrease().isPresent()
        && anomaly.maxIncrease().isPresent()
        && anomaly.maxDecrease().get().compareTo(anomaly.maxIncrease().get()) > 0) {
      section.problem(
          "max-decrease", "This is more than max-increase, so no value would be accepted.");
    }
    if (anomaly.leastHistory() > anomaly.history()) {
      section.problem(
          "least-history", "This is more than history, so nothing would ever be compared.");
    }
    section.done();
    return anomaly;
  }

  private static int count(Section section, String key, String fallback) {
    Integer read = section.optional(key, fallback, Value::count);
    return read == null ? Value.count(fallback) : read;
  }

  /** Whether the value of a date is compared with that of an earlier one. */
  public boolean compares(LocalDate date, LocalDate earlier) {
    return earlier.isBefore(date)
        && (by == By.DATE || earlier.getDayOfWeek() == date.getDayOfWeek());
  }

  /**
   * A name of what is on the earlier dates that the value of one is compared with: while it stays,
   * the verdict does.
   *
   * @param contents a name of what is on each date that has something
   */
  public String compared(LocalDate date, NavigableMap<LocalDate, String> contents) {
    String earlier =
        contents.headMap(date, false).descendingMap().entrySet().stream()
            .filter(each -> compares(date, each.getKey()))
            .limit(history)
            .map(Object::toString)
            .collect(joining(","));
    return UUID.nameUUIDFromBytes(earlier.getBytes(UTF_8)).toString();
  }

  String expected() {
    String than = by == By.WEEKDAY ? "on this weekday" : "on earlier dates";
    return deviations
        .map(limit -> "within %s deviations of the mean %s".formatted(limit.toPlainString(), than))
        .orElseGet(
            () ->
                String.format(
                    Locale.ROOT,
                    "%s to %s of the last one %s",
                    maxDecrease.map(BigDecimal::toPlainString).orElse("0"),
                    maxIncrease.map(BigDecimal::toPlainString).orElse("any"),
                    than));
  }
}
