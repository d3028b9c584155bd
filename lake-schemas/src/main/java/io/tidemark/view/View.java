package io.tidemark.view;

import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.table.TableDefinition;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** One SQL SELECT over events and dimensions, which runs as a stream and as a batch. */
public final class View {
  private View() {}

  /**
   * Reads the SQL far enough to know its window and sources; {@code validate} tells whether it may
   * run.
   *
   * @throws IllegalArgumentException if it has no window over {@code event_time} or reads no events
   *     table of the pipeline
   */
  public static View of(ViewDefinition definition, Pipeline pipeline) {
    throw new UnsupportedOperationException();
  }

  public ViewDefinition definition() {
    throw new UnsupportedOperationException();
  }

  public String name() {
    return definition().name();
  }

  /** The name of the events table that it reads. */
  public String events() {
    throw new UnsupportedOperationException();
  }

  public Window window() {
    throw new UnsupportedOperationException();
  }

  /** Changes when the SQL, the key or the lateness does, not with white space around them. */
  public String version() {
    throw new UnsupportedOperationException();
  }

  /**
   * The view's table: the columns of the SELECT and then {@code date}, the date that the window
   * starts on.
   */
  public TableDefinition table(StructType events, Map<String, StructType> dimensions) {
    throw new UnsupportedOperationException();
  }

  /**
   * As a stream: each event id once, the watermark from the lateness, then the SQL. Rows as {@link
   * #table}.
   */
  public Dataset<Row> stream(Dataset<Row> events, Map<String, Dataset<Row>> dimensions) {
    throw new UnsupportedOperationException();
  }

  /** As a batch: the first delivery of each event id, then the SQL. Rows as {@link #table}. */
  public Dataset<Row> batch(Dataset<Row> events, Map<String, Dataset<Row>> dimensions) {
    throw new UnsupportedOperationException();
  }
}
