package io.tidemark.quality;

import io.tidemark.pipeline.QualityCheck;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was found in a table.
 *
 * @param results a row per check and date
 * @param metrics that they were taken from
 * @param upToDate how many checks and dates were left out, since their last result is about what is
 *     there now
 * @param failing on how many of these dates checks of level error did not pass
 * @param undated how many rows have no date, though they are checked by dates
 * @param offending rows that do not meet a check, as JSON, by check
 */
record TableInspection(
    String table,
    List<Result> results,
    List<MeasuredMetric> metrics,
    int upToDate,
    Map<QualityCheck, Integer> failing,
    long undated,
    Map<QualityCheck, List<String>> offending) {
  TableInspection {
    results = List.copyOf(results);
    metrics = List.copyOf(metrics);
    failing = Collections.unmodifiableMap(new LinkedHashMap<>(failing));
  }
}
