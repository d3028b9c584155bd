package io.tidemark.file;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import io.tidemark.pipeline.ReplayMapping;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.NullableType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructField;

/** Turns the text of a file's records into the fields of an Avro schema, exactly or not at all. */
public record RecordMapping(Schema schema, ReplayMapping mapping) {
  /** What is wrong with a record, else null. */
  public static final String PROBLEM = "_problem";

  /** The Kafka key as text, null for none. */
  public static final String KEY = "_key";

  public RecordMapping {
    for (Schema.Field field : schema.getFields()) {
      if (field.name().startsWith("_")) {
        throw new IllegalArgumentException(
            "Cannot map records to field '%s' of %s: names with an underscore first are Tidemark's. Rename it in the schema"
                .formatted(field.name(), schema.getFullName()));
      }
    }
  }

  /** The schema's fields, then {@link #KEY}, {@link #PROBLEM} and the position in the file. */
  public Dataset<Row> map(Dataset<Row> records) {
    return records
        .transform(this::select)
        .transform(this::numberLines)
        .transform(this::identify)
        .withColumn(
            KEY, mapping.key().isEmpty() ? lit(null).cast("string") : joined(mapping.key()));
  }

  private Dataset<Row> select(Dataset<Row> records) {
    Set<String> columns = Set.of(records.columns());
    List<Column> selected = new ArrayList<>();
    List<Column> problems = new ArrayList<>();
    Column malformed = col(RecordFile.MALFORMED);
    problems.add(
        when(
            malformed.isNotNull(),
            format_string("it does not have the file's columns: %s", malformed)));
    for (StructField field : EventColumns.fields(schema).fields()) {
      Column source = source(field.name(), columns);
      // No cast makes an array's elements NOT NULL, which Avro's mostly are.
      Column value = source.try_cast(field.dataType().asNullable());
      selected.add(value.as(field.name()));
      problems.add(problem(field, source, value));
    }
    selected.add(coalesce(problems.toArray(Column[]::new)).as(PROBLEM));
    selected.add(col(RecordFile.POSITION));
    return records.select(selected.toArray(Column[]::new));
  }

  private Column source(String field, Set<String> columns) {
    if (mapping.fields().containsKey(field)) {
      return expr(mapping.fields().get(field));
    }
    if (columns.contains(field)) {
      return col("`" + field + "`");
    }
    if (isComputed(field)) {
      return lit(null);
    }
    Schema.Field declared = schema.getField(field);
    if (!declared.hasDefaultValue()) {
      throw new IllegalArgumentException(
          "Cannot map records to field '%s' of %s: it has no expression under replay.fields, no column of its name in the file (columns: %s), and no default"
              .formatted(
                  field,
                  schema.getFullName(),
                  columns.stream().filter(name -> !name.startsWith("_")).sorted().toList()));
    }
    Object value = declared.defaultVal();
    return lit(value == JsonProperties.NULL_VALUE ? null : value);
  }

  private Column problem(StructField field, Column source, Column value) {
    DataType type = field.dataType();
    Column unreadable = value.isNull();
    if (type instanceof DecimalType) {
      // A cast rounds what a decimal has no digits for, and says nothing.
      Column exact = source.try_cast(DataTypes.createDecimalType(38, 18));
      unreadable = unreadable.or(not(value.eqNullSafe(exact)));
    }
    Column wrong =
        coalesce(
            when(source.isNotNull().and(unreadable), said(field, source, "is no " + type.sql())),
            unfit(field, source, value));
    return field.nullable() || isComputed(field.name())
        ? wrong
        : coalesce(wrong, when(value.isNull(), lit("field '" + field.name() + "' is empty")));
  }

  /** What Avro asks of a value and Spark's type does not say. */
  private Column unfit(StructField field, Column source, Column value) {
    Schema declared = NullableType.valueOf(schema.getField(field.name()).schema());
    if (declared.getType() == Schema.Type.ENUM) {
      List<String> symbols = declared.getEnumSymbols();
      return when(
          not(value.isInCollection(symbols)),
          said(field, source, "is none of " + String.join(", ", symbols)));
    }
    if (declared.getType() == Schema.Type.FIXED && field.dataType() instanceof BinaryType) {
      int size = declared.getFixedSize();
      return when(
          length(value).notEqual(size),
          said(field, source, "does not have %d bytes".formatted(size)));
    }
    return lit(null);
  }

  private static Column said(StructField field, Column source, String problem) {
    return concat(
        lit("field '%s': '".formatted(field.name())), source.cast("string"), lit("' " + problem));
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
    return mapping.eventId().isEmpty()
        ? records
        : records.withColumn(EventColumns.EVENT_ID, joined(mapping.eventId()));
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
