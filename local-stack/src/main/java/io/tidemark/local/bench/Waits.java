package io.tidemark.local.bench;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long things took.
 *
 * @param counts how many took that long, by milliseconds
 */
record Waits(SortedMap<Long, Long> counts) {
  Waits {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  static Waits of(Collection<Duration> each) {
    SortedMap<Long, Long> counts = new TreeMap<>();
    each.forEach(took -> counts.merge(took.toMillis(), 1L, Long::sum));
    return new Waits(counts);
  }

  long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * The least time within which so many of a hundred were done (the nearest rank), in seconds; null
   * of none.
   */
  Double seconds(int percent) {
    long rank = Math.max(1, (count() * percent + 99) / 100);
    long seen = 0;
    for (Map.Entry<Long, Long> each : counts.entrySet()) {
      seen += each.getValue();
      if (seen >= rank) {
        return each.getKey() / 1000.0;
      }
    }
    return null;
  }
}
