package io.tidemark.file;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;

import io.tidemark.schema.NullableType;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StringType;

/**
 * What a record of a file gives a field.
 *
 * @param problem why that is not exactly what the record says, else null
 */
record MappedField(Column value, Column problem) {
  private static final int SHOWN = 100;

  /**
   * @param name as problems call it, for example {@code field 'price'}
   * @throws IllegalArgumentException if no value of the expression can become one of the type
   */
  static MappedField of(String name, FieldExpression expression, DataType declared) {
    // No cast makes an array's elements NOT NULL, which Avro's mostly are.
    DataType type = declared.asNullable();
    Column source = expression.value();
    Column raised =
        expression.failed() == null
            ? lit(null)
            : when(
                expression.failed(),
                said(
                    name,
                    shown(expression.columns()),
                    "cannot be read as %s by %s".formatted(type.sql(), expression.sql())));
    if (expression.type().asNullable().equals(type)) {
      return new MappedField(source, raised);
    }
    if (expression.type() instanceof NullType) {
      return new MappedField(lit(null).cast(type), raised);
    }
    Column value = value(expression, type);
    Column unreadable = value.isNull();
    if (!(expression.type() instanceof StringType)) {
      unreadable = unreadable.or(isChanged(expression, type, value));
    }
    return new MappedField(
        value,
        coalesce(
            raised,
            when(
                source.isNotNull().and(unreadable),
                said(name, shown(source), "cannot be read as " + type.sql()))));
  }

  /** With a problem where the value is not one of the Avro type, though of Spark's. */
  MappedField within(String name, Schema field) {
    Schema declared = NullableType.valueOf(field);
    if (declared.getType() == Schema.Type.ENUM) {
      List<String> symbols = declared.getEnumSymbols();
      return unless(
          value.isInCollection(symbols), name, "is none of " + String.join(", ", symbols));
    }
    if (declared.getLogicalType() instanceof LogicalTypes.TimestampMillis
        || declared.getLogicalType() instanceof LogicalTypes.LocalTimestampMillis) {
      return unless(
          not(value.cast("string").rlike("\\.\\d{4,}$")),
          name,
          "is finer than milliseconds, which is all that the field keeps");
    }
    if (declared.getType() == Schema.Type.FIXED && declared.getLogicalType() == null) {
      int size = declared.getFixedSize();
      return unless(length(value).equalTo(size), name, "does not have %d bytes".formatted(size));
    }
    return this;
  }

  MappedField required(String name) {
    return new MappedField(value, coalesce(problem, when(value.isNull(), lit(name + " is empty"))));
  }

  private MappedField unless(Column fits, String name, String otherwise) {
    return new MappedField(
        value, coalesce(problem, when(not(fits), said(name, shown(value), otherwise))));
  }

  private static Column value(FieldExpression expression, DataType type) {
    if (expression.type() instanceof StringType) {
      return WholeText.as(type, expression.value());
    }
    if (!Cast.canTryCast(expression.type(), type)) {
      throw new IllegalArgumentException(
          "the expression %s gives %s, and the field takes %s"
              .formatted(expression.sql(), expression.type().sql(), type.sql()));
    }
    return expression.value().try_cast(type);
  }

  /** A cast rounds, cuts and wraps around, and says nothing: what it made is cast back. */
  private static Column isChanged(FieldExpression expression, DataType type, Column value) {
    boolean isComparable =
        !(expression.type() instanceof MapType) && Cast.canTryCast(type, expression.type());
    return isComparable
        ? not(value.try_cast(expression.type()).eqNullSafe(expression.value()))
        : lit(false);
  }

  private static Column said(String name, Column shown, String problem) {
    return concat(lit(name + ": '"), shown, lit("' " + problem));
  }

  private static Column shown(List<String> columns) {
    return concat_ws(
        "', '",
        columns.stream()
            .map(
                name ->
                    shown(
                        coalesce(col("`" + name.replace("`", "``") + "`").cast("string"), lit(""))))
            .toArray(Column[]::new));
  }

  private static Column shown(Column value) {
    Column text = value.cast("string");
    return when(length(text).gt(SHOWN), concat(substring(text, 1, SHOWN), lit("…")))
        .otherwise(text);
  }
}
