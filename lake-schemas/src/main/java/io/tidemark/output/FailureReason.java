package io.tidemark.output;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.SparkException;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.streaming.StreamingQueryException;

/** What went wrong, in words for the terminal: without the wrappings of threads and of Spark. */
public final class FailureReason {
  /** Causes may go in a circle. */
  private static final int DEEPEST = 50;

  /**
   * Spark's name for a block of a local checkpoint that nobody has any more. It begins the message:
   * how else it is asked for is not the same in Spark 3.5.
   */
  private static final String LOST_ROWS = "[CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND]";

  private FailureReason() {}

  public static String of(Throwable failure) {
    if (isOfFullDisk(failure)) {
      return "Cannot write: the disk is full. Make room where the lake is, or where temporary files go (%s), and run it again. What has been written is complete."
          .formatted(System.getProperty("java.io.tmpdir"));
    }
    if (isOfLostRows(failure)) {
      return "Cannot go on: an executor is gone, and with it rows that are read only once. Run it again. What has been written is complete.";
    }
    Optional<Throwable> missing = causes(failure).filter(FailureReason::isOfPackages).findFirst();
    if (missing.isPresent()) {
      return "Cannot go on: %s. The packages that Spark was started with do not fit together. Use the versions that the documentation names. hadoop-aws has to be of the version of Spark's own Hadoop, which is %s here: docs/configuration.md says more about S3, and docs/quality.md about Spark 3.5."
          .formatted(missing.get(), VersionInfo.getVersion());
    }
    Throwable reason = unwrapped(failure);
    String said = saysTooLittle(reason) ? reason.toString() : reason.getMessage();
    // A driver names the whole address of a catalog, which may hold a password.
    return said.replaceAll("jdbc:\\S+", "jdbc:…");
  }

  /**
   * Whether an executor has taken rows along that were kept there alone, because what they were
   * made of may say something else by now.
   */
  public static boolean isOfLostRows(Throwable failure) {
    return causes(failure)
        .anyMatch(
            reason ->
                reason instanceof SparkThrowable
                    && String.valueOf(reason.getMessage()).startsWith(LOST_ROWS));
  }

  /**
   * A class or a method that others were compiled with is not there. One that may not be used, or
   * could not be prepared, is: Java's options or a native library are in the way.
   */
  private static boolean isOfPackages(Throwable reason) {
    return reason instanceof NoClassDefFoundError
            && !String.valueOf(reason.getMessage()).startsWith("Could not initialize")
        || reason instanceof IncompatibleClassChangeError
            && !(reason instanceof IllegalAccessError);
  }

  /** As Linux and macOS say it; whoever met it may have wrapped it in anything. */
  private static boolean isOfFullDisk(Throwable failure) {
    return causes(failure)
        .anyMatch(
            reason ->
                reason instanceof IOException
                    && String.valueOf(reason.getMessage()).contains("No space left on device"));
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(DEEPEST);
  }

  /** The failure itself. */
  public static Throwable unwrapped(Throwable failure) {
    Throwable reason = failure;
    while (isWrapping(reason) && reason.getCause() != null) {
      reason = reason.getCause();
    }
    return reason;
  }

  /** A host or a file alone, as Java's own kinds of {@link IOException} have it. */
  private static boolean saysTooLittle(Throwable reason) {
    return reason.getMessage() == null
        || reason instanceof IOException
            && reason.getClass() != IOException.class
            && reason.getClass().getName().startsWith("java.");
  }

  /**
   * A query's message holds its whole plan, a job's where each of its tasks failed, and that of a
   * write into which folder.
   */
  private static boolean isWrapping(Throwable failure) {
    return failure instanceof StreamingQueryException
        || failure instanceof CompletionException
        || failure instanceof ExecutionException
        || failure instanceof SparkException
            && String.valueOf(failure.getMessage())
                .matches("(?s)(Job aborted|\\[TASK_WRITE_FAILED]).*");
  }
}
