package io.tidemark.quality;

import io.tidemark.pipeline.QualityCheck;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a check found, on a date or of a whole table.
 *
 * @param date null for a whole table
 * @param value empty if there is nothing to take it from
 * @param rows that the check is about
 * @param failing of them do not meet it; -1 where rows are not told apart
 * @param message what a person should know besides
 * @param about what it was found in
 */
record Result(
    QualityCheck check,
    LocalDate date,
    Outcome outcome,
    OptionalDouble value,
    long rows,
    long failing,
    Optional<String> message,
    About about) {

  enum Outcome {
    PASSED,
    FAILED,
    ERROR;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What tells later whether the tables are still those that were checked.
   *
   * @param tableRows null if nothing could be computed
   * @param version null if the lake lacks the table
   * @param compared what was on the earlier dates that an anomaly was compared with; null for
   *     others
   */
  record About(
      Long tableRows,
      Long version,
      Long referencedVersion,
      String contents,
      Long editsThrough,
      String compared) {}

  boolean isRefusal() {
    return outcome != Outcome.PASSED && check.level() == QualityCheck.Level.ERROR;
  }
}
