package io.tidemark.local.bench;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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

  /** What each kind of work has done wrong in some pass, as a line each; none if it counts. */
  Stream<String> faults(int workers, Delivered delivered) {
    return totals.entrySet().stream()
        .flatMap(work -> faults(workers, work.getKey(), work.getValue(), delivered));
  }

  private static Stream<String> faults(
      int workers, Contender work, List<List<Totals>> passes, Delivered delivered) {
    List<Totals> expected = work.expected(delivered);
    return passes.stream()
        .filter(found -> !found.equals(expected))
        .map(
            found ->
                "%s, workers: %d: its tables came to %s, and should to %s"
                    .formatted(work.label(), workers, found, expected));
  }
}
