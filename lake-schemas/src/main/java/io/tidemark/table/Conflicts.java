package io.tidemark.table;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a write again that lost a race against another writer. */
public final class Conflicts {
  private static final int ATTEMPTS = 10;

  /** A writer on a busy machine comes to the end of its commit meanwhile. */
  private static final Duration FIRST_WAIT = Duration.ofMillis(20);

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
  private static final Logger LOG = LoggerFactory.getLogger(Conflicts.class);

  private Conflicts() {}

  /**
   * @param table is named in the log
   * @return what the first attempt returned that threw nothing; what the last one throws is thrown
   */
  public static <T> T retry(String table, Supplier<T> write, Predicate<Throwable> conflict) {
    Duration wait = FIRST_WAIT;
    for (int attempt = 1; ; attempt++) {
      try {
        return write.get();
      } catch (Exception e) { // Scala throws checked ones too.
        if (attempt == ATTEMPTS || !causedBy(e, conflict) || !waited(wait)) {
          throw e;
        }
        LOG.info("Lost a race for {}, attempt {}: {}", table, attempt, e.getMessage());
        wait = Collections.min(List.of(wait.multipliedBy(2), LONGEST_WAIT));
      }
    }
  }

  /** False if somebody wants this thread to end. */
  private static boolean waited(Duration time) {
    try {
      TimeUnit.MILLISECONDS.sleep(time.toMillis());
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  public static boolean causedBy(Throwable failure, Predicate<Throwable> kind) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.test(cause)) {
        return true;
      }
    }
    return false;
  }
}
