package io.tidemark.pipeline;

import io.tidemark.table.TableFormat;
import java.io.IOException;
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
 * @param deduplicationWindow a delivery counts unless an earlier one of its event id has an event
 *     time as near as this
 */
public record ViewDefinition(
    String name,
    Path file,
    String sql,
    List<String> key,
    Duration lateness,
    Duration deduplicationWindow,
    TableFormat format) {
  private static final Duration DAY = Duration.ofDays(1);

  public ViewDefinition {
    key = List.copyOf(key);
  }

  /** With the deduplication window of a view that states none. */
  public ViewDefinition(
      String name, Path file, String sql, List<String> key, Duration lateness, TableFormat format) {
    this(name, file, sql, key, lateness, usualDeduplicationWindow(lateness), format);
  }

  /** A day, or the lateness where that is longer. */
  public static Duration usualDeduplicationWindow(Duration lateness) {
    return lateness.compareTo(DAY) > 0 ? lateness : DAY;
  }

  /** Whether the author could as well have left it out. */
  public boolean hasUsualDeduplicationWindow() {
    return deduplicationWindow.equals(usualDeduplicationWindow(lateness));
  }

  static ViewDefinition of(Section section) {
    Optional<Path> file =
        Optional.ofNullable(section.required("sql", Value.file(section.document())));
    String name = section.required("name", Value::tableName);
    String sql = file.map(path -> read(path, section)).orElse("");
    List<String> key = section.requiredTexts("key");
    Duration lateness = section.required("lateness", Value::duration);
    ViewDefinition view =
        new ViewDefinition(
            name,
            file.orElse(null),
            sql,
            key,
            lateness,
            deduplicationWindow(section, lateness),
            section.optional("format", "iceberg", Value::format));
    section.done();
    return view;
  }

  /** A stream remembers an id for as long as the lateness, and must not count less than a batch. */
  private static Duration deduplicationWindow(Section section, Duration lateness) {
    Duration least = lateness == null ? Duration.ZERO : lateness;
    Duration window =
        section
            .optional("deduplication-window", Value::duration)
            .orElse(usualDeduplicationWindow(least));
    if (window.compareTo(least) < 0) {
      section.problem(
          "deduplication-window",
          "This is less than the lateness, but the stream must detect duplicates for that long."
              + " Write at least the lateness, or leave it out.");
    }
    return window;
  }

  private static String read(Path file, Section section) {
    try {
      return Text.of(file);
    } catch (IOException e) {
      section.problem("sql", "Cannot read the file '%s': it is not UTF-8 text.".formatted(file));
      return "";
    }
  }
}
