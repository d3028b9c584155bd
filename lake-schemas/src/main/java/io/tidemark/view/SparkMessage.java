package io.tidemark.view;

import org.apache.spark.sql.AnalysisException;

/** Spark's message without the place, which stands in front of ours, and without the plan. */
public final class SparkMessage {
  private SparkMessage() {}

  /** The same as {@link #of} without its full stop, for the middle of a sentence. */
  public static String clause(AnalysisException failure) {
    return of(failure).replaceFirst("\\.$", "");
  }

  public static String of(AnalysisException failure) {
    String message = failure.getSimpleMessage();
    int end = message.indexOf("SQLSTATE");
    String text = end < 0 ? message : message.substring(0, end);
    return text.strip().replaceAll("\\s+", " ").replaceAll("^\\[([A-Z_.]+)] ", "");
  }
}
