package io.tidemark.pipeline;

import io.tidemark.table.TableFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A view as its author states it.
 *
 * @param name the view's table within the pipeline's schema
 * @param file where the SQL stands
 * @param sql one SELECT over an events table and dimensions, by their names
 * @param key output columns that identify a row: all grouping columns
 * @param lateness how late an event may be and still be counted by the stream
 */
public record ViewDefinition(
    String name, Path file, String sql, List<String> key, Duration lateness, TableFormat format) {
  public ViewDefinition {
    key = List.copyOf(key);
  }
}
