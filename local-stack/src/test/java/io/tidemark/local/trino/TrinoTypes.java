package io.tidemark.local.trino;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.Map;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;

/** What Trino calls the types of the lake. */
final class TrinoTypes {
  private static final Map<DataType, String> NAMES =
      Map.of(
          DataTypes.BooleanType, "boolean",
          DataTypes.IntegerType, "integer",
          DataTypes.LongType, "bigint",
          DataTypes.FloatType, "real",
          DataTypes.DoubleType, "double",
          DataTypes.StringType, "varchar",
          DataTypes.BinaryType, "varbinary",
          DataTypes.DateType, "date",
          DataTypes.TimestampNTZType, "timestamp(6)");

  private TrinoTypes() {}

  /**
   * @param millis whether times have no more than milliseconds
   */
  static String of(DataType type, boolean millis) {
    if (type instanceof DecimalType decimal) {
      return "decimal(%d,%d)".formatted(decimal.precision(), decimal.scale());
    }
    if (type instanceof ArrayType array) {
      return "array(%s)".formatted(of(array.elementType(), millis));
    }
    if (type instanceof MapType map) {
      return "map(%s,%s)".formatted(of(map.keyType(), millis), of(map.valueType(), millis));
    }
    if (type instanceof StructType struct) {
      return Arrays.stream(struct.fields())
          .map(field -> "%s %s".formatted(field.name(), of(field.dataType(), millis)))
          .collect(joining(",", "row(", ")"));
    }
    if (type.equals(DataTypes.TimestampType)) {
      return "timestamp(%d) with time zone".formatted(millis ? 3 : 6);
    }
    return NAMES.get(type);
  }
}
