package io.tidemark.table;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import scala.Function1;

/** Rows that the driver made, as a table's writers take them. */
public final class DriverRows {
  private DriverRows() {}

  /**
   * @param rows in the columns of the definition
   * @throws IllegalArgumentException if a row has no value where the table has no nulls, or if the
   *     table has dates
   */
  public static List<InternalRow> of(TableDefinition definition, List<Row> rows) {
    if (definition.date().isPresent()) {
      throw new IllegalArgumentException(
          "Cannot write rows of the driver to %s: it is divided by date"
              .formatted(definition.name()));
    }
    StructType columns = Columns.of(definition);
    Function1<Object, Object> converter = CatalystTypeConverters.createToCatalystConverter(columns);
    return rows.stream()
        .map(
            row -> {
              requireValues(definition, columns, row);
              return (InternalRow) converter.apply(row);
            })
        .toList();
  }

  private static void requireValues(TableDefinition definition, StructType columns, Row row) {
    for (int i = 0; i < columns.size(); i++) {
      StructField column = columns.apply(i);
      if (!column.nullable() && row.isNullAt(i)) {
        throw new IllegalArgumentException(
            "Cannot write to %s: a row has no %s".formatted(definition.name(), column.name()));
      }
    }
  }
}
