package io.tidemark.table;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.transform_values;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Rows in other columns than they have: those of a definition, where the table has more or is read
 * as it was before it evolved; or those of the table, where a definition has fewer.
 */
public final class Conformed {
  private Conformed() {}

  /** What the rows lack is null; what they have beyond is left out; types are widened. */
  public static Dataset<Row> to(StructType columns, Dataset<Row> rows) {
    StructType present = rows.schema();
    if (Evolution.isSame(present, columns)) {
      return rows;
    }
    return rows.select(
        Arrays.stream(columns.fields())
            .map(field -> field(field, present, name -> rows.col("`" + name + "`")))
            .toArray(Column[]::new));
  }

  /** Where a field of that name is. */
  private interface Place {
    Column of(String name);
  }

  private static Column field(StructField wanted, StructType present, Place place) {
    boolean isThere = List.of(present.fieldNames()).contains(wanted.name());
    Column value =
        isThere
            ? value(
                place.of(wanted.name()), present.apply(wanted.name()).dataType(), wanted.dataType())
            : lit(null).cast(wanted.dataType());
    return value.as(wanted.name());
  }

  private static Column value(Column value, DataType present, DataType wanted) {
    if (Evolution.isSame(present, wanted)) {
      return value;
    }
    if (present instanceof StructType from && wanted instanceof StructType to) {
      Column[] fields =
          Arrays.stream(to.fields())
              .map(field -> field(field, from, value::getField))
              .toArray(Column[]::new);
      return when(value.isNotNull(), struct(fields));
    }
    if (present instanceof ArrayType from && wanted instanceof ArrayType to) {
      return transform(value, element -> value(element, from.elementType(), to.elementType()));
    }
    if (present instanceof MapType from && wanted instanceof MapType to) {
      return transform_values(value, (key, each) -> value(each, from.valueType(), to.valueType()));
    }
    return value.cast(wanted);
  }
}
