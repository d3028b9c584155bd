package io.tidemark.table;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What a definition says about columns. */
public final class Columns {
  private Columns() {}

  /**
   * Those of a new table. A row without a date could never be found again, so the partition column
   * is required. What a column holds inside may be null, whatever the definition says: Delta has no
   * such promise within arrays and maps, and a field that is added later cannot keep it.
   */
  public static StructType of(TableDefinition definition) {
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

  /**
   * The same with another name of one field; unchanged if a field beside it has that name.
   *
   * @param path names from the column inwards, dotted, {@code element} and {@code value} for what
   *     an array and a map hold
   */
  public static StructType renamed(StructType columns, String path, String name) {
    return (StructType) renamed(columns, List.of(path.split("\\.")), name);
  }

  private static DataType renamed(DataType type, List<String> path, String name) {
    List<String> inwards = path.subList(1, path.size());
    if (type instanceof ArrayType array) {
      return new ArrayType(renamed(array.elementType(), inwards, name), array.containsNull());
    }
    if (type instanceof MapType map) {
      return new MapType(
          map.keyType(), renamed(map.valueType(), inwards, name), map.valueContainsNull());
    }
    if (!(type instanceof StructType struct)
        || inwards.isEmpty() && List.of(struct.fieldNames()).contains(name)) {
      return type;
    }
    return new StructType(
        Arrays.stream(struct.fields())
            .map(field -> field.name().equals(path.get(0)) ? renamed(field, inwards, name) : field)
            .toArray(StructField[]::new));
  }

  private static StructField renamed(StructField field, List<String> inwards, String name) {
    return inwards.isEmpty()
        ? new StructField(name, field.dataType(), field.nullable(), field.metadata())
        : new StructField(
            field.name(),
            renamed(field.dataType(), inwards, name),
            field.nullable(),
            field.metadata());
  }
}
