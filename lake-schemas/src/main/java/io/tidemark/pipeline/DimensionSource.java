package io.tidemark.pipeline;

import io.tidemark.table.TableFormat;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A table that enriches events. It comes from a topic or from a CSV file, one of the two.
 *
 * @param name the table within the pipeline's schema, and its name in a view's SQL
 * @param schema file of the Avro reader schema
 * @param key columns that identify a row; the last delivery of a key wins
 * @param replay how lines of a file become rows, for {@code replay} and for a CSV source
 */
public record DimensionSource(
    String name,
    Optional<String> topic,
    Optional<Path> file,
    Path schema,
    List<String> key,
    TableFormat format,
    Optional<ReplayMapping> replay) {
  public DimensionSource {
    key = List.copyOf(key);
  }

  /** The name of the table beside it that keeps what landing has to remember, if it has a topic. */
  public String shadow() {
    return name + "_shadow";
  }

  static DimensionSource of(Section section, Topics topics) {
    DimensionSource source =
        new DimensionSource(
            section.required("name", Value::tableName),
            section.optional("topic", Value::text),
            section.optional("file", Value.file(section.document())),
            section.required("schema", Value.file(section.document())),
            section.requiredTexts("key"),
            section.optional("format", "delta", Value::format),
            section.optionalSection("replay", ReplayMapping::of));
    section.done();
    source.topic().ifPresent(topic -> topics.claim(section, topic, source.name()));
    if (source.topic().isPresent() == source.file().isPresent()) {
      section.problem(
          "name",
          "Cannot tell where the dimension comes from: give a topic or a file, one of the two.");
    }
    return source;
  }
}
