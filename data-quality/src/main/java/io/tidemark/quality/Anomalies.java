package io.tidemark.quality;

import io.tidemark.pipeline.QualityAnomaly;
import io.tidemark.pipeline.QualityCheck;
import java.time.LocalDate;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Judges the value of a table's date by those of its earlier dates. */
record Anomalies(History history, StoredTable table) {

  /**
   * The earlier dates that one has to be compared with and whose values are not those of what is
   * there now: the last ones, as many as the check says.
   *
   * @param all dates of the table
   * @param isMeasured whether the value of a date, or that it has none, is known
   */
  SortedSet<LocalDate> unmeasured(
      QualityCheck check,
      LocalDate date,
      NavigableSet<LocalDate> all,
      Predicate<LocalDate> isMeasured) {
    QualityAnomaly anomaly = check.anomaly().orElseThrow();
    History.Series series = MeasuredMetric.series(check);
    SortedSet<LocalDate> unmeasured = new TreeSet<>();
    int compared = 0;
    for (LocalDate earlier : all.headSet(date, false).descendingSet()) {
      if (compared == anomaly.history()) {
        break;
      }
      if (!anomaly.compares(date, earlier)) {
        continue;
      }
      if (!isMeasured.test(earlier)) {
        unmeasured.add(earlier);
        compared++;
      } else if (history.value(series, earlier).isPresent()) {
        compared++;
      }
    }
    return unmeasured;
  }

  /** The result with its verdict. */
  Result judged(Result result) {
    QualityCheck check = result.check();
    if (result.date() == null) {
      return failed(
          result,
          "Cannot compare with earlier dates: %s."
              .formatted(
                  check.scope() == QualityCheck.Scope.DATE && table.isDated()
                      ? "no row of table %s has a date".formatted(table.name())
                      : "table %s has no column date of type DATE".formatted(table.name())));
    }
    History.Verdict verdict;
    try {
      verdict =
          history.judge(
              MeasuredMetric.series(check),
              result.date(),
              result.value().getAsDouble(),
              check.anomaly().orElseThrow());
    } catch (Exception e) { // As everywhere that deequ is asked.
      return failed(result, Measurement.reason(e));
    }
    return new Result(
        check,
        result.date(),
        verdict.isAnomalous() ? Result.Outcome.FAILED : Result.Outcome.PASSED,
        result.value(),
        result.rows(),
        -1,
        verdict.message(),
        result.about());
  }

  private static Result failed(Result result, String why) {
    return Judge.of(
        new Question(result.check(), 0), result.date(), Measured.failed(why), result.about());
  }
}
