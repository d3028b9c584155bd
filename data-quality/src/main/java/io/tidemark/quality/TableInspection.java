package io.tidemark.quality;

import io.tidemark.pipeline.QualityCheck;
import java.util.List;
import java.util.Map;

/**
 * What was found in a table.
 *
 * @param results a row per check and date
 * @param metrics that they were taken from
 * @param upToDate how many checks and dates were left out, since their last result is about what is
 *     there now
 * @param refusals how many of these are of level error and did not pass
 * @param offending rows that do not meet a check, as JSON, by check
 */
record TableInspection(
    String table,
    List<Result> results,
    List<MeasuredMetric> metrics,
    int upToDate,
    int refusals,
    Map<QualityCheck, List<String>> offending) {
  TableInspection {
    results = List.copyOf(results);
    metrics = List.copyOf(metrics);
  }
}
