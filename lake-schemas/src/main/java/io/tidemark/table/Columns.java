package io.tidemark.table;

import java.util.Arrays;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What a definition says about columns. */
final class Columns {
  private Columns() {}

  /**
   * Those of a new table. A row without a date could never be found again, so the partition column
   * is required. What a column holds inside may be null, whatever the definition says: Delta has no
   * such promise within arrays and maps, and a field that is added later cannot keep it.
   */
  static StructType of(TableDefinition definition) {
    return new StructType(
        Arrays.stream(dated(definition).fields())
            .map(
                field ->
                    new StructField(
                        field.name(),
                        optional(field.dataType()),
                        field.nullable(),
                        field.metadata()))
            .toArray(StructField[]::new));
  }

  /** As defined, but for the partition column, which is never null. */
  static StructType dated(TableDefinition definition) {
    return new StructType(
        Arrays.stream(definition.columns().fields())
            .map(
                field ->
                    definition.date().filter(field.name()::equals).isPresent()
                        ? new StructField(field.name(), field.dataType(), false, field.metadata())
                        : field)
            .toArray(StructField[]::new));
  }

  /** The same type, all that it holds inside optional. */
  static DataType optional(DataType type) {
    if (type instanceof StructType struct) {
      return new StructType(
          Arrays.stream(struct.fields())
              .map(
                  field ->
                      new StructField(
                          field.name(), optional(field.dataType()), true, field.metadata()))
              .toArray(StructField[]::new));
    }
    if (type instanceof ArrayType array) {
      return new ArrayType(optional(array.elementType()), true);
    }
    return type instanceof MapType map
        ? new MapType(optional(map.keyType()), optional(map.valueType()), true)
        : type;
  }
}
