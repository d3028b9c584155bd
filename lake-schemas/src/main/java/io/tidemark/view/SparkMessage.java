package io.tidemark.view;

import org.apache.spark.sql.AnalysisException;

/** Spark's message without the place, which stands in front of ours, and without the plan. */
public final class SparkMessage {
  private SparkMessage() {}

  public static String of(AnalysisException failure) {
    String message = failure.getSimpleMessage();
    int end = message.indexOf("SQLSTATE");
    String text = end < 0 ? message : message.substring(0, end);
    return text.strip().replaceAll("\\s+", " ").replaceAll("^\\[([A-Z_.]+)] ", "");
  }
}
