package io.tidemark.table.iceberg;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.raise_error;
import static org.apache.spark.sql.functions.when;

import io.tidemark.table.Columns;
import io.tidemark.table.TableDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Rows of a query in the types of the table that they are for, as a plan that writes would have
 * them: where the table has no nulls, a null fails.
 *
 * @param columns of the rows, in their order
 */
record DefinedRows(Dataset<Row> rows, StructType columns) {

  static DefinedRows of(TableDefinition definition, Dataset<Row> rows) {
    Map<String, StructField> defined =
        Arrays.stream(Columns.of(definition).fields())
            .collect(Collectors.toMap(StructField::name, Function.identity()));
    StructType columns = new StructType();
    List<Column> values = new ArrayList<>();
    for (StructField field : rows.schema().fields()) {
      StructField wanted = defined.getOrDefault(field.name(), field);
      Column value = col("`%s`".formatted(field.name()));
      if (field.nullable() && !wanted.nullable()) {
        value = when(value.isNotNull(), value).otherwise(missing(definition, wanted));
      }
      values.add(
          field.dataType().sameType(wanted.dataType())
              ? value.as(wanted.name())
              : value.cast(wanted.dataType()).as(wanted.name()));
      columns = columns.add(wanted.name(), wanted.dataType(), wanted.nullable());
    }
    return new DefinedRows(rows.select(values.toArray(Column[]::new)), columns);
  }

  private static Column missing(TableDefinition definition, StructField column) {
    return raise_error(
            lit("Cannot write to %s: a row has no %s".formatted(definition.name(), column.name())))
        .cast(column.dataType());
  }
}
