package io.tidemark.streaming;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.spark.sql.streaming.StreamingQuery;

/** Stops queries between two batches, so that a restart has nothing to do again. */
final class BatchEnd {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

  private final long deadline = System.nanoTime() + PATIENCE.toNanos();

  /**
   * Waits for the running batch, up to a minute after this was made, however many queries there
   * are; one that takes longer is cut off, and done again at the next start.
   */
  void stop(StreamingQuery query) throws TimeoutException {
    while (query.isActive()
        && query.status().isTriggerActive()
        && System.nanoTime() - deadline < 0
        && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(PAUSE);
    }
    query.stop();
  }
}
