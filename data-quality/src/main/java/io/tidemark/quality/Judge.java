package io.tidemark.quality;

import com.amazon.deequ.analyzers.Analyzer;
import com.amazon.deequ.analyzers.NumMatches;
import com.amazon.deequ.analyzers.Size;
import com.amazon.deequ.constraints.AnalysisBasedConstraint;
import com.amazon.deequ.constraints.ConstraintResult;
import com.amazon.deequ.constraints.ConstraintStatus;
import com.amazon.deequ.metrics.Metric;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityRule;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.OptionalDouble;
import scala.Function1;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Map;
import scala.collection.immutable.Map$;

/** Has deequ say whether what was measured meets a check. */
final class Judge {
  private Judge() {}

  static Result of(
      Question question, java.time.LocalDate date, Measured measured, Result.About about) {
    QualityCheck check = question.check();
    if (measured.failure().isPresent()) {
      return new Result(
          check,
          date,
          Result.Outcome.ERROR,
          OptionalDouble.empty(),
          0,
          -1,
          measured.failure(),
          about);
    }
    Optional<Metric<?>> metric = metric(question, measured);
    if (metric.isEmpty() || metric.get().value().isFailure()) {
      return new Result(
          check,
          date,
          Result.Outcome.PASSED,
          OptionalDouble.empty(),
          measured.rows(),
          -1,
          Optional.of(measured.rows() == 0 ? "no rows" : "no values"),
          about);
    }
    double value = value(metric.get());
    boolean met = check.anomaly().isPresent() || isMet(question, metric.get());
    return new Result(
        check,
        date,
        met ? Result.Outcome.PASSED : Result.Outcome.FAILED,
        OptionalDouble.of(value),
        measured.rows(),
        check.rule().kind().isRatio() ? failing(value, measured.rows()) : -1,
        Optional.empty(),
        about);
  }

  /** A table without rows has a size, and nothing else. */
  private static Optional<Metric<?>> metric(Question question, Measured measured) {
    if (question.check().rule().kind() == QualityRule.Kind.SIZE && measured.metric().isEmpty()) {
      return Optional.of(
          ((Size) question.analyzer()).computeMetricFrom(Option.apply(new NumMatches(0))));
    }
    return measured.metric().filter(found -> measured.rows() > 0 || isSize(question));
  }

  private static boolean isSize(Question question) {
    return question.check().rule().kind() == QualityRule.Kind.SIZE;
  }

  static double value(Metric<?> metric) {
    return (Double) metric.value().get();
  }

  private static long failing(double share, long rows) {
    return rows - Math.round(share * rows);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static boolean isMet(Question question, Metric<?> metric) {
    Function1<Object, Object> assertion = value -> isWithin(question.check(), (Double) value);
    AnalysisBasedConstraint constraint =
        new AnalysisBasedConstraint(question.analyzer(), assertion, Option.empty(), Option.empty());
    Map<Analyzer<?, Metric<?>>, Metric<?>> metrics =
        Map$.MODULE$.empty().$plus(new Tuple2(question.analyzer(), metric));
    ConstraintResult result = constraint.evaluate(metrics);
    return result.status().equals(ConstraintStatus.Success());
  }

  /** NaN is never within bounds. */
  private static boolean isWithin(QualityCheck check, double value) {
    if (Double.isNaN(value)) {
      return false;
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? check.atMost().isEmpty() : check.atLeast().isEmpty();
    }
    // As it is written: 0.7 of ten rows is 7.
    BigDecimal decimal = BigDecimal.valueOf(value);
    return check.atLeast().filter(least -> decimal.compareTo(least) < 0).isEmpty()
        && check.atMost().filter(most -> decimal.compareTo(most) > 0).isEmpty();
  }
}
