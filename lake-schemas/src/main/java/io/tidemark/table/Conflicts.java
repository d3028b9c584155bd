package io.tidemark.table;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.iceberg.util.Tasks;

/** Tries a write again that lost a race against another writer. */
final class Conflicts {
  private static final int RETRIES = 20;

  /**
   * Between two attempts: from the first to the longest, and all together. Meanwhile a writer on a
   * busy machine comes to the end of its commit.
   */
  private static final long FIRST_WAIT_MS = 20;

  private static final long LONGEST_WAIT_MS = 2_000;
  private static final long ALL_WAITS_MS = 60_000;

  private Conflicts() {}

  static <T> T retry(Supplier<T> write, Predicate<Throwable> conflict) {
    AtomicReference<T> written = new AtomicReference<>();
    Tasks.range(1)
        .retry(RETRIES)
        .exponentialBackoff(FIRST_WAIT_MS, LONGEST_WAIT_MS, ALL_WAITS_MS, 2)
        .shouldRetryTest(failure -> causedBy(failure, conflict))
        .run(once -> written.set(write.get()));
    return written.get();
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
