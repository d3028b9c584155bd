package io.tidemark.lake;

import io.tidemark.table.CheckpointFiles;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file that is written again and again as long as the process lives. */
final class SignOfLife implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(SignOfLife.class);

  private final ScheduledExecutorService thread;

  SignOfLife(CheckpointFiles folder, String name, String text) {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread daemon = new Thread(work, "sign-of-life " + name);
              daemon.setDaemon(true);
              return daemon;
            });
    thread.scheduleWithFixedDelay(
        () -> beat(folder, name, text),
        INTERVAL.toSeconds(),
        INTERVAL.toSeconds(),
        TimeUnit.SECONDS);
  }

  /**
   * One that fails may be followed by one that does not; without any, others go on after a while.
   */
  private static void beat(CheckpointFiles folder, String name, String text) {
    try {
      folder.write(name, text);
    } catch (RuntimeException e) {
      LOG.warn("Cannot renew the lease of this process in {}", folder.path(name), e);
    }
  }

  /** After it nothing is written any more. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      thread.awaitTermination(INTERVAL.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
