package io.tidemark.status;

import io.tidemark.output.FailureReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Work on several things side by side. */
public final class SideBySide {
  private static final int AT_ONCE = 3;

  private SideBySide() {}

  /**
   * All results, in the order of the things, three at a time: while one plans its next query,
   * others' run. If work on some of them fails, the others are still done, and the first failure is
   * thrown.
   */
  public static <T, R> List<R> of(List<T> things, Function<T, R> work) {
    return of(things, AT_ONCE, work);
  }

  /** Like {@link #of}, but on all things at once: for work that only waits. */
  public static <T, R> List<R> allOf(List<T> things, Function<T, R> work) {
    return of(things, Math.max(1, things.size()), work);
  }

  private static <T, R> List<R> of(List<T> things, int atOnce, Function<T, R> work) {
    ExecutorService workers = Executors.newFixedThreadPool(atOnce);
    try {
      List<Future<R>> futures =
          things.stream().map(thing -> workers.submit(() -> work.apply(thing))).toList();
      return results(futures);
    } finally {
      workers.shutdownNow();
    }
  }

  private static <R> List<R> results(List<Future<R>> futures) {
    List<R> results = new ArrayList<>();
    RuntimeException failure = null;
    for (Future<R> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        RuntimeException cause = unchecked(e.getCause());
        if (failure == null) {
          failure = cause;
        } else {
          failure.addSuppressed(cause);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Cannot go on: interrupted", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  /** Scala throws checked exceptions where none are declared. */
  public static RuntimeException unchecked(Throwable failure) {
    return failure instanceof RuntimeException known
        ? known
        : new IllegalStateException(FailureReason.of(failure), failure);
  }
}
