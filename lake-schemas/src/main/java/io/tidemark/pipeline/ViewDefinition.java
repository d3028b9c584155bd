package io.tidemark.pipeline;

import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

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

  static ViewDefinition of(Section section) {
    Optional<Path> file =
        Optional.ofNullable(section.required("sql", Value.file(section.document())));
    ViewDefinition view =
        new ViewDefinition(
            section.required("name", Value::tableName),
            file.orElse(null),
            file.map(path -> read(path, section)).orElse(""),
            section.requiredTexts("key"),
            section.required("lateness", Value::duration),
            section.optional("format", "iceberg", Value::format));
    section.done();
    return view;
  }

  private static String read(Path file, Section section) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      section.problem("sql", "Cannot read the file '%s': it is no UTF-8 text.".formatted(file));
      return "";
    }
  }
}
