package io.tidemark.table;

import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What a definition says about columns, against those that a table has. */
final class Columns {
  private Columns() {}

  /** As defined, but for the partition column: a row without a date could never be found again. */
  static StructType of(TableDefinition definition) {
    return new StructType(
        Arrays.stream(definition.columns().fields())
            .map(
                field ->
                    definition.date().filter(field.name()::equals).isPresent()
                        ? new StructField(field.name(), field.dataType(), false, field.metadata())
                        : field)
            .toArray(StructField[]::new));
  }

  /**
   * The same columns, but for what is within them: Delta refuses a NOT NULL inside an array or a
   * map.
   */
  static StructType nullableWithin(StructType columns) {
    return new StructType(
        Arrays.stream(columns.fields())
            .map(
                field ->
                    new StructField(
                        field.name(),
                        field.dataType().asNullable(),
                        field.nullable(),
                        field.metadata()))
            .toArray(StructField[]::new));
  }

  /**
   * Columns that the table lacks. They are nullable, whatever the definition says, because the rows
   * that are there have no value.
   *
   * @throws IllegalStateException if a column is there with another type
   */
  static StructType missing(TableDefinition definition, StructType present) {
    StructType missing = new StructType();
    for (StructField field : definition.columns().fields()) {
      Optional<StructField> there =
          Arrays.stream(present.fields()).filter(f -> f.name().equals(field.name())).findAny();
      if (there.isEmpty()) {
        missing = missing.add(field.name(), field.dataType(), true);
      } else if (!sameType(there.get(), field)) {
        throw new IllegalStateException(
            "Cannot use table %s: its column %s is %s, and its definition says %s. Name the column anew"
                .formatted(
                    definition.name(),
                    field.name(),
                    there.get().dataType().sql(),
                    field.dataType().sql()));
      }
    }
    return missing;
  }

  private static boolean sameType(StructField one, StructField other) {
    return one.dataType().catalogString().equals(other.dataType().catalogString());
  }
}
