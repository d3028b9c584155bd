package io.tidemark.table;

import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tries a write again that lost a race against another writer. */
final class Conflicts {
  /** Each attempt takes as long as a commit, so a table that keeps moving gets half a minute. */
  private static final int ATTEMPTS = 20;

  private static final Logger LOG = LoggerFactory.getLogger(Conflicts.class);

  private Conflicts() {}

  static <T> T retry(Supplier<T> write, Predicate<Throwable> conflict) {
    for (int attempt = 1; ; attempt++) {
      try {
        return write.get();
      } catch (RuntimeException e) {
        if (attempt == ATTEMPTS || !causedBy(e, conflict)) {
          throw e;
        }
        LOG.info("Lost a race, attempt {} of {}: {}", attempt, ATTEMPTS, e.getMessage());
      }
    }
  }

  static boolean causedBy(Throwable failure, Predicate<Throwable> kind) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.test(cause)) {
        return true;
      }
    }
    return false;
  }
}
