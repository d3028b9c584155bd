package io.tidemark.pipeline;

import io.tidemark.table.TableFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * One event type: the topic that it arrives on and the table that keeps it.
 *
 * @param name the events table within the pipeline's schema, and its name in a view's SQL
 * @param schema file of the Avro reader schema; the record has an id and a time
 * @param replay how lines of a file become events, for {@code replay}
 */
public record EventSource(
    String name, String topic, Path schema, TableFormat format, Optional<ReplayMapping> replay) {

  static EventSource of(Section section, Topics topics) {
    EventSource source =
        new EventSource(
            section.required("name", Value::tableName),
            section.required("topic", Value::text),
            section.required("schema", Value.file(section.document())),
            section.optional("format", "delta", Value::format),
            section.optionalSection("replay", ReplayMapping::of));
    section.done();
    topics.claim(section, source.topic(), source.name());
    return source;
  }
}
