package io.tidemark.view.validation;

import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.Problems;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.ReaderTypes;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns of everything that a view can read, from the Avro schemas of a pipeline. */
final class Schemas {
  /** What Tidemark itself reads of an event. */
  private static final StructType REQUIRED =
      StructType.fromDDL("event_id STRING, event_time TIMESTAMP");

  private final Path pipelineFile;
  private final Problems problems;
  private final Map<String, StructType> columns = new HashMap<>();

  private Schemas(Path pipelineFile, Problems problems) {
    this.pipelineFile = pipelineFile;
    this.problems = problems;
  }

  /** Columns by table; a table whose schema cannot be read is absent. */
  static Map<String, StructType> of(Pipeline pipeline, Problems problems) {
    Schemas schemas = new Schemas(pipeline.folder().resolve("pipeline.yaml"), problems);
    pipeline.events().forEach(schemas::add);
    pipeline.dimensions().forEach(schemas::add);
    return schemas.columns;
  }

  private void add(EventSource source) {
    read(source.schema())
        .ifPresent(
            schema -> {
              StructType fields = EventColumns.fields(schema);
              checkRequired(source.schema(), fields);
              checkNames(source.schema(), fields);
              ReplayCheck replay = new ReplayCheck(source.name(), fields, this::refuse);
              source.replay().ifPresent(replay::check);
              columns.put(source.name(), EventColumns.of(schema));
            });
  }

  private void add(DimensionSource source) {
    read(source.schema())
        .ifPresent(
            schema -> {
              StructType fields = EventColumns.fields(schema);
              checkNames(source.schema(), fields);
              ReplayCheck replay = new ReplayCheck(source.name(), fields, this::refuse);
              replay.checkFields(0, "key", source.key());
              source.replay().ifPresent(replay::check);
              columns.put(source.name(), fields);
            });
  }

  private Optional<Schema> read(Path file) {
    try {
      Schema schema = EventColumns.reader(file);
      if (schema.getType() == Schema.Type.RECORD) {
        List<ReaderTypes.Problem> fields = ReaderTypes.problems(schema);
        fields.forEach(problem -> refuse(file, problem.message()));
        return fields.isEmpty() ? Optional.of(schema) : Optional.empty();
      }
      refuse(file, "Cannot use this Avro schema: it is not a record.");
    } catch (AvroRuntimeException | UncheckedIOException | NullPointerException e) {
      // Avro's parser answers the name of an unknown type with a NullPointerException.
      refuse(file, "Cannot read this Avro schema: %s.".formatted(e.getMessage()));
    }
    return Optional.empty();
  }

  private void checkRequired(Path file, StructType fields) {
    for (StructField required : REQUIRED.fields()) {
      String type = required.dataType().sql();
      if (!List.of(fields.fieldNames()).contains(required.name())) {
        refuse(
            file,
            "Cannot use this Avro schema: it has no field %s. Every event needs one, of type %s."
                .formatted(required.name(), type));
        continue;
      }
      StructField field = fields.apply(required.name());
      if (!field.dataType().equals(required.dataType())) {
        refuse(
            file,
            "Cannot use the field %s: its type is %s, and must be %s."
                .formatted(required.name(), field.dataType().sql(), type));
      }
    }
  }

  private void checkNames(Path file, StructType fields) {
    for (String name : fields.fieldNames()) {
      if (name.equals(EventColumns.DATE) || !name.matches("[a-z][a-z0-9_]*")) {
        refuse(
            file,
            "Cannot name a field '%s': columns are lower case letters, digits and underscores, a letter first; date is Tidemark's own."
                .formatted(name));
      }
    }
  }

  private void refuse(Path schema, String message) {
    problems.add(schema.toString(), 0, "", message);
  }

  private void refuse(int line, String key, String message) {
    problems.add(pipelineFile.toString(), line, key, message);
  }
}
