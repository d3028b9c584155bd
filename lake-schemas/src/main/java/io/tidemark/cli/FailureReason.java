package io.tidemark.cli;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.spark.SparkException;
import org.apache.spark.sql.streaming.StreamingQueryException;

/** What went wrong, in words for the terminal: without the wrappings of threads and of Spark. */
public final class FailureReason {
  private FailureReason() {}

  public static String of(Throwable failure) {
    Throwable reason = failure;
    while (isWrapping(reason) && reason.getCause() != null) {
      reason = reason.getCause();
    }
    return reason.getMessage() == null ? reason.toString() : reason.getMessage();
  }

  /** A query's message holds its whole plan, and a job's where each of its tasks failed. */
  private static boolean isWrapping(Throwable failure) {
    return failure instanceof StreamingQueryException
        || failure instanceof CompletionException
        || failure instanceof ExecutionException
        || failure instanceof SparkException
            && String.valueOf(failure.getMessage()).startsWith("Job aborted");
  }
}
