package io.tidemark.file;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import io.tidemark.pipeline.Place;
import io.tidemark.pipeline.ReplayMapping;
import io.tidemark.schema.EventColumns;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Turns the text of a file's records into the fields of an Avro schema, exactly or not at all.
 *
 * @param mark what event ids made of line numbers end in, where another file has had the bare ones
 */
public record RecordMapping(Schema schema, ReplayMapping mapping, Optional<String> mark) {
  /** What is wrong with a record, else null. */
  public static final String PROBLEM = "_problem";

  /** The Kafka key as text, null for none. */
  public static final String KEY = "_key";

  /** When the record arrives; null if neither it nor the records before say. */
  public static final String ARRIVED = "_arrived";

  public RecordMapping(Schema schema, ReplayMapping mapping) {
    this(schema, mapping, Optional.empty());
  }

  public RecordMapping {
    for (Schema.Field field : schema.getFields()) {
      if (field.name().startsWith("_")) {
        throw new IllegalArgumentException(
            "Cannot map records to field '%s' of %s: names with an underscore first are Tidemark's. Rename it in the schema"
                .formatted(field.name(), schema.getFullName()));
      }
    }
  }

  /** The columns of a file, without those that its reader adds. */
  static List<String> columns(Dataset<Row> records) {
    return Arrays.stream(records.columns())
        .filter(name -> !RecordFile.OURS.contains(name))
        .toList();
  }

  /**
   * The schema's fields, then {@link #KEY}, {@link #PROBLEM}, {@link #ARRIVED} and the line and
   * position in the file.
   *
   * @param records as {@link RecordFile} reads them
   * @throws IllegalArgumentException if a field gets no value, or none that it can take
   */
  public Dataset<Row> map(Dataset<Row> records) {
    return records
        .transform(this::select)
        .transform(this::numberLines)
        .transform(this::identify)
        .withColumn(
            KEY, mapping.key().isEmpty() ? lit(null).cast("string") : joined(mapping.key()));
  }

  private Dataset<Row> select(Dataset<Row> records) {
    List<Column> selected = new ArrayList<>();
    List<Column> problems = new ArrayList<>();
    problems.add(col(RecordFile.MALFORMED));
    StructType fields = EventColumns.fields(schema);
    for (StructField field : fields.fields()) {
      MappedField mapped = mapped(field, records);
      selected.add(mapped.value().as(field.name()));
      problems.add(mapped.problem());
    }
    MappedField arrived = arrived(fields, records);
    problems.add(arrived.problem());
    selected.add(arrived.value().as(ARRIVED));
    selected.add(coalesce(problems.toArray(Column[]::new)).as(PROBLEM));
    selected.add(col(RecordFile.LINE));
    selected.add(col(RecordFile.POSITION));
    return records.select(selected.toArray(Column[]::new));
  }

  private MappedField mapped(StructField field, Dataset<Row> records) {
    String name = "field '%s'".formatted(field.name());
    Schema.Field declared = schema.getField(field.name());
    try {
      Optional<FieldExpression> source = source(declared, records);
      if (source.isEmpty()) {
        return new MappedField(DefaultValue.of(declared), lit(null));
      }
      MappedField mapped =
          MappedField.of(name, source.get(), field.dataType()).within(name, declared.schema());
      return field.nullable() || isComputed(field.name()) ? mapped : mapped.required(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "%sCannot map records to field '%s' of %s: %s"
              .formatted(
                  at(mapping.places().field(field.name())),
                  field.name(),
                  schema.getFullName(),
                  e.getMessage()),
          e);
    }
  }

  private static String at(Optional<Place> place) {
    return place.map(stands -> stands + ": ").orElse("");
  }

  /** Empty for the field's default. */
  private Optional<FieldExpression> source(Schema.Field field, Dataset<Row> records) {
    String expression = mapping.fields().get(field.name());
    if (expression != null) {
      return Optional.of(FieldExpression.of(expression, records));
    }
    List<String> columns = columns(records);
    Optional<String> alike =
        columns.stream()
            .filter(column -> column.strip().equalsIgnoreCase(field.name()))
            .findFirst();
    if (alike.filter(column -> column.equalsIgnoreCase(field.name())).isPresent()) {
      return Optional.of(FieldExpression.ofColumn(alike.get(), records));
    }
    if (isComputed(field.name())) {
      return Optional.of(FieldExpression.of("NULL", records));
    }
    if (alike.isPresent()) {
      throw new IllegalArgumentException(
          "the file has a column '%s', with blanks around its name. Take them out, or give the field an expression under replay.fields"
              .formatted(alike.get()));
    }
    if (!field.hasDefaultValue()) {
      throw new IllegalArgumentException(
          "it has no expression under replay.fields, no column of its name in the file (columns: %s), and no default.%s"
              .formatted(
                  columns.stream().sorted().toList(),
                  FieldExpression.nearest(field.name(), columns)
                      .map(" The nearest column is %s."::formatted)
                      .orElse("")));
    }
    return Optional.empty();
  }

  /**
   * By its own expression; or else with the latest time of an event up to here, in the order of the
   * file, since it cannot have arrived before that. Times to come do not count: those are wrong.
   */
  private MappedField arrived(StructType fields, Dataset<Row> records) {
    if (mapping.arrival().isPresent()) {
      try {
        String name = "field replay.arrival";
        FieldExpression expression = FieldExpression.of(mapping.arrival().get(), records);
        return MappedField.of(name, expression, DataTypes.TimestampType).required(name);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            at(mapping.places().arrival())
                + "Cannot tell when records arrive, by replay.arrival: "
                + e.getMessage(),
            e);
      }
    }
    Column none = lit(null).cast(DataTypes.TimestampType);
    boolean hasTime =
        List.of(fields.fieldNames()).contains(EventColumns.EVENT_TIME)
            && fields.apply(EventColumns.EVENT_TIME).dataType().equals(DataTypes.TimestampType);
    if (!hasTime) {
      return new MappedField(none, lit(null));
    }
    Column time = mapped(fields.apply(EventColumns.EVENT_TIME), records).value();
    Column now = lit(Timestamp.from(Instant.now()));
    var before =
        Window.orderBy(RecordFile.POSITION)
            .rowsBetween(Window.unboundedPreceding(), Window.currentRow());
    return new MappedField(coalesce(max(when(time.leq(now), time)).over(before), now), lit(null));
  }

  /** Where records were read by one task, many have them from here on. */
  private Dataset<Row> numberLines(Dataset<Row> records) {
    return mapping
        .lineNumber()
        .map(
            number -> {
              var lines = Window.partitionBy(number.within()).orderBy(RecordFile.POSITION);
              DataType type = records.schema().apply(number.field()).dataType();
              // Said outright: Spark alone would number all lines in one task.
              return records
                  .repartition(RecordFile.PARTS, col(number.within()))
                  .withColumn(number.field(), row_number().over(lines).cast(type));
            })
        .orElseGet(() -> records.repartition(RecordFile.PARTS, col(RecordFile.POSITION)));
  }

  private Dataset<Row> identify(Dataset<Row> records) {
    if (mapping.eventId().isEmpty()) {
      return records;
    }
    Column id = joined(mapping.eventId());
    return records.withColumn(
        EventColumns.EVENT_ID, mark.map(text -> concat_ws("-", id, lit(text))).orElse(id));
  }

  private boolean isComputed(String field) {
    return field.equals(EventColumns.EVENT_ID) && !mapping.eventId().isEmpty()
        || mapping.lineNumber().map(number -> number.field().equals(field)).orElse(false);
  }

  private static Column joined(List<String> fields) {
    return concat_ws(
        "-", fields.stream().map(field -> col(field).cast("string")).toArray(Column[]::new));
  }
}
