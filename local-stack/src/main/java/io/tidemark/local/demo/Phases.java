package io.tidemark.local.demo;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;

/** How long each phase of a demo took. */
final class Phases {
  private final Map<String, Double> seconds = new LinkedHashMap<>();

  <T> T run(String name, Callable<T> phase) throws Exception {
    long startedAt = System.nanoTime();
    try {
      return phase.call();
    } finally {
      seconds.merge(name, (System.nanoTime() - startedAt) / 1_000_000 / 1_000.0, Double::sum);
    }
  }

  /** By phase, in the order they ran. */
  Map<String, Double> seconds() {
    return Collections.unmodifiableMap(seconds);
  }
}
