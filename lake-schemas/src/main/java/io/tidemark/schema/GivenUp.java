package io.tidemark.schema;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Ids that were waited for in vain: for a while none of them is waited for again. */
final class GivenUp {
  /** A topic with many corrupt ids must not crawl. */
  private static final Duration MEMORY = Duration.ofMinutes(10);

  private static final int MOST = 100_000;

  private final Map<Integer, Long> until =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Long> eldest) {
          return size() > MOST;
        }
      };

  synchronized void addAll(Collection<Integer> ids) {
    long end = System.nanoTime() + MEMORY.toNanos();
    for (Integer id : ids) {
      until.remove(id);
      until.put(id, end);
    }
  }

  synchronized boolean contains(int id) {
    Long end = until.get(id);
    return end != null && end - System.nanoTime() > 0;
  }
}
