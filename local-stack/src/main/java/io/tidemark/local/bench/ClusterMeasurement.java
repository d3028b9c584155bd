package io.tidemark.local.bench;

import java.util.List;
import java.util.Map;

/**
 * What an application told at its end.
 *
 * @param took each kind of work, when it was done last
 * @param totals what each kind's tables come to, after each pass
 */
record ClusterMeasurement(
    Map<Contender, ClusterTook> took, Map<Contender, List<List<Totals>>> totals) {
  ClusterMeasurement {
    took = Map.copyOf(took);
    totals = Map.copyOf(totals);
  }

  /** Whether every table was what was sent, after every pass. */
  boolean isEqualTo(Delivered delivered) {
    return totals.entrySet().stream()
        .allMatch(
            work -> work.getValue().stream().allMatch(work.getKey().expected(delivered)::equals));
  }
}
