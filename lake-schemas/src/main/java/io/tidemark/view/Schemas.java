package io.tidemark.view;

import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.Problems;
import io.tidemark.schema.EventColumns;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.spark.sql.types.StructType;

/** The columns of everything that a view can read, from the Avro schemas of a pipeline. */
final class Schemas {
  private static final Map<String, String> ENVELOPE = new java.util.LinkedHashMap<>();

  static {
    ENVELOPE.put("event_id", "string");
    ENVELOPE.put("event_type", "string");
    ENVELOPE.put("event_version", "int");
    ENVELOPE.put("event_time", "timestamp");
    ENVELOPE.put("correlation_id", "string");
    ENVELOPE.put("causation_id", "string");
    ENVELOPE.put("tenant_id", "string");
  }

  private final Problems problems;
  private final Map<String, StructType> columns = new HashMap<>();

  private Schemas(Problems problems) {
    this.problems = problems;
  }

  /** Columns by table; a table whose schema has a problem is absent. */
  static Map<String, StructType> of(Pipeline pipeline, Problems problems) {
    Schemas schemas = new Schemas(problems);
    pipeline.events().forEach(schemas::add);
    pipeline.dimensions().forEach(schemas::add);
    return schemas.columns;
  }

  private void add(EventSource source) {
    read(source.schema())
        .ifPresent(
            schema -> {
              StructType fields = EventColumns.fields(schema);
              checkEnvelope(source.schema(), fields);
              checkNames(source.schema(), fields);
              source
                  .replay()
                  .ifPresent(replay -> checkFields(source.schema(), fields, replay.eventId()));
              source
                  .replay()
                  .ifPresent(replay -> checkFields(source.schema(), fields, replay.key()));
              columns.put(source.name(), EventColumns.of(schema));
            });
  }

  private void add(DimensionSource source) {
    read(source.schema())
        .ifPresent(
            schema -> {
              StructType fields = EventColumns.fields(schema);
              checkNames(source.schema(), fields);
              checkFields(source.schema(), fields, source.key());
              columns.put(source.name(), fields);
            });
  }

  private Optional<Schema> read(Path file) {
    try {
      Schema schema = EventColumns.reader(file);
      if (schema.getType() == Schema.Type.RECORD) {
        return Optional.of(schema);
      }
      add(file, "Cannot use this Avro schema: it is no record.");
    } catch (AvroRuntimeException | UncheckedIOException e) {
      add(file, "Cannot read this Avro schema: %s.".formatted(e.getMessage()));
    }
    return Optional.empty();
  }

  private void checkEnvelope(Path file, StructType fields) {
    List<String> names = List.of(fields.fieldNames());
    ENVELOPE.forEach(
        (name, type) -> {
          if (!names.contains(name)) {
            add(
                file,
                "Cannot find the field %s of the envelope: every event has it, as %s."
                    .formatted(name, type));
          } else if (!fields.apply(name).dataType().simpleString().equals(type)) {
            add(
                file,
                "Cannot use the field %s of the envelope: it is %s, and must be %s."
                    .formatted(name, fields.apply(name).dataType().simpleString(), type));
          }
        });
  }

  private void checkNames(Path file, StructType fields) {
    for (String name : fields.fieldNames()) {
      if (name.equals("date") || !name.matches("[a-z][a-z0-9_]*")) {
        add(
            file,
            "Cannot name a field '%s': columns are lower case letters, digits and underscores, a letter first; date is Tidemark's own."
                .formatted(name));
      }
    }
  }

  private void checkFields(Path file, StructType fields, List<String> named) {
    for (String name : named) {
      if (!List.of(fields.fieldNames()).contains(name)) {
        add(
            file,
            "Cannot find the field %s that pipeline.yaml names: there are %s."
                .formatted(name, String.join(", ", fields.fieldNames())));
      }
    }
  }

  private void add(Path file, String message) {
    problems.add(file.toString(), 0, "", message);
  }
}
