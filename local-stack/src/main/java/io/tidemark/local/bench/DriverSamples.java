package io.tidemark.local.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongPredicate;

/**
 * Looks a hundred times a second at what the driver is about: the thread of its streaming query,
 * and between queries the one that waits for them.
 */
final class DriverSamples implements AutoCloseable {
  private static final String QUERY = "stream execution thread for ";
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final Thread waiting = Thread.currentThread();
  private final Thread looking = new Thread(this::look, "bench-samples");
  private final List<Sample> samples = new ArrayList<>();
  private volatile boolean isOver;
  private Thread query = waiting;

  private record Sample(long at, DriverTime about) {}

  private DriverSamples() {}

  static DriverSamples start() {
    DriverSamples samples = new DriverSamples();
    samples.looking.setDaemon(true);
    samples.looking.start();
    return samples;
  }

  private void look() {
    while (!isOver) {
      StackTraceElement[] stack = driving().getStackTrace();
      samples.add(new Sample(System.currentTimeMillis(), DriverTime.of(stack)));
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private Thread driving() {
    if (query == waiting || !query.isAlive()) {
      query = query();
    }
    return query;
  }

  private Thread query() {
    Thread[] threads = new Thread[2 * Thread.activeCount()];
    int found = Thread.enumerate(threads);
    for (int i = 0; i < found; i++) {
      if (threads[i].getName().startsWith(QUERY)) {
        return threads[i];
      }
    }
    return waiting;
  }

  /** Ends looking. */
  @Override
  public void close() {
    isOver = true;
    try {
      looking.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while the driver was looked at", e);
    }
  }

  /**
   * Divides seconds among what the driver was about at some times.
   *
   * @param isMeant whether a time, in milliseconds, is one of them
   * @return every kind; they add up to the seconds
   */
  Map<DriverTime, Double> divide(double seconds, LongPredicate isMeant) {
    Map<DriverTime, Double> divided = new EnumMap<>(DriverTime.class);
    List<Sample> meant = samples.stream().filter(sample -> isMeant.test(sample.at)).toList();
    for (DriverTime kind : DriverTime.values()) {
      long seen = meant.stream().filter(sample -> sample.about == kind).count();
      divided.put(kind, meant.isEmpty() ? 0 : seconds * seen / meant.size());
    }
    if (meant.isEmpty()) {
      divided.put(DriverTime.OTHER, seconds);
    }
    return divided;
  }
}
