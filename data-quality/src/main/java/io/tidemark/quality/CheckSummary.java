package io.tidemark.quality;

import io.tidemark.pipeline.QualityCheck;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a check found on all dates.
 *
 * @param results one per date, or one of the whole table
 */
record CheckSummary(QualityCheck check, List<Result> results) {
  CheckSummary {
    results = List.copyOf(results);
  }

  long failed() {
    return count(Result.Outcome.FAILED);
  }

  private long count(Result.Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).count();
  }

  /** The worst of its outcomes. */
  Result.Outcome outcome() {
    if (count(Result.Outcome.ERROR) > 0) {
      return Result.Outcome.ERROR;
    }
    return failed() > 0 ? Result.Outcome.FAILED : Result.Outcome.PASSED;
  }

  long rows() {
    return results.stream().mapToLong(Result::rows).sum();
  }

  /** Of these rows; empty where they are not told apart. */
  Optional<Long> failing() {
    return check.rule().kind().isRatio() && check.anomaly().isEmpty()
        ? Optional.of(results.stream().mapToLong(result -> Math.max(0, result.failing())).sum())
        : Optional.empty();
  }

  /** The result that is farthest from what is accepted; among equals the first. */
  Optional<Result> worst() {
    Comparator<Result> byValue = Comparator.comparingDouble(result -> result.value().getAsDouble());
    boolean isHighWorse = check.atLeast().isEmpty() && check.atMost().isPresent();
    return results.stream()
        .filter(result -> result.value().isPresent())
        .filter(result -> failed() == 0 || result.outcome() == Result.Outcome.FAILED)
        .min(isHighWorse ? byValue.reversed() : byValue);
  }

  /** The first thing that a person should know. */
  Optional<Result> told() {
    return results.stream()
        .filter(result -> result.outcome() != Result.Outcome.PASSED)
        .filter(result -> result.message().isPresent())
        .findFirst();
  }
}
