package io.tidemark.local.bench;

import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The batches of a query.
 *
 * @param batches how many there were
 * @param p50Seconds what half of them took at most, null if there were none
 * @param medianEvents how many events half of them had at most, null if there were none
 * @param partsP50Seconds the same of each part of a batch, by Spark's names
 */
record QueryBatches(
    String query,
    long batches,
    Double p50Seconds,
    Double p95Seconds,
    Long medianEvents,
    SortedMap<String, Double> partsP50Seconds) {

  /**
   * @param sizes how many events each batch had
   */
  static QueryBatches of(String query, List<QueryNotes.Batch> batches, Collection<Long> sizes) {
    Waits took = Waits.of(batches.stream().map(QueryNotes.Batch::took).toList());
    return new QueryBatches(
        query, took.count(), took.seconds(50), took.seconds(95), median(sizes), parts(batches));
  }

  private static Long median(Collection<Long> sizes) {
    return sizes.stream()
        .sorted(Comparator.naturalOrder())
        .skip(Math.max(0, (sizes.size() - 1) / 2))
        .findFirst()
        .orElse(null);
  }

  private static SortedMap<String, Double> parts(List<QueryNotes.Batch> batches) {
    Stream<String> names = batches.stream().flatMap(batch -> batch.parts().keySet().stream());
    Map<String, Double> parts =
        names
            .distinct()
            .collect(
                toMap(
                    name -> name,
                    name ->
                        Waits.of(
                                batches.stream()
                                    .map(batch -> batch.parts().getOrDefault(name, 0L))
                                    .map(Duration::ofMillis)
                                    .toList())
                            .seconds(50)));
    return new TreeMap<>(parts);
  }
}
