package io.tidemark.quality;

import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityRule;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** A value of a metric, for {@code ops.quality_metrics}. */
record MeasuredMetric(
    History.Series series, LocalDate date, double value, long rows, long version) {

  /** Which metric a check takes, as deequ names it. */
  static History.Series series(QualityCheck check) {
    QualityRule rule = check.rule();
    String filter = check.where().orElse(null);
    return switch (rule.kind()) {
      case SIZE -> new History.Series(check.table(), "Size", "*", filter);
      case COMPLETENESS, MINIMUM, MAXIMUM, MEAN, SUM ->
          new History.Series(
              check.table(), capitalized(rule.kind().text()), rule.columns().get(0), filter);
      case STANDARD_DEVIATION ->
          new History.Series(check.table(), "StandardDeviation", rule.columns().get(0), filter);
      case UNIQUENESS, CONTAINMENT, PATTERN, RANGE, COMPLIANCE, FOREIGN_KEY ->
          new History.Series(check.table(), "Compliance", check.name(), filter);
    };
  }

  private static String capitalized(String word) {
    return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }

  Row row(String pipeline, String run, Timestamp at) {
    return RowFactory.create(
        pipeline,
        series.table(),
        date == null ? null : Date.valueOf(date),
        series.metric(),
        series.instance(),
        series.filter(),
        value,
        rows,
        version,
        run,
        at);
  }
}
