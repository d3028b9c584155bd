package io.tidemark.lake;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Something that is done again and again as long as the process lives, for others to see. */
final class SignOfLife implements AutoCloseable {
  static final Duration INTERVAL = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(SignOfLife.class);

  private final ScheduledExecutorService thread;

  /**
   * @param what it is a sign of, for a person
   */
  SignOfLife(String what, Runnable sign) {
    thread =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread daemon = new Thread(work, "sign-of-life " + what);
              daemon.setDaemon(true);
              return daemon;
            });
    thread.scheduleWithFixedDelay(
        () -> give(what, sign), INTERVAL.toSeconds(), INTERVAL.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * One that fails may be followed by one that does not; without any, others go on after a while.
   */
  private static void give(String what, Runnable sign) {
    try {
      sign.run();
    } catch (RuntimeException e) {
      LOG.warn("Cannot renew the lease of this process in {}", what, e);
    } catch (Error e) {
      // Whoever scheduled this would keep it to itself.
      LOG.error("Cannot renew the lease of this process in {} any more", what, e);
      throw e;
    }
  }

  /** After it no sign is given any more. */
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
