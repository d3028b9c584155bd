package io.tidemark.table;

import static org.apache.spark.sql.functions.bool_or;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.every;
import static org.apache.spark.sql.functions.is_valid_utf8;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/**
 * Between which values keys lie. By that a reader passes over files, and pages of them, that have
 * none: a batch of the last minutes need not read the whole day.
 */
final class KeyRange {
  /** Types by which both formats prune. */
  private static final List<DataType> ORDERED =
      List.of(
          DataTypes.IntegerType,
          DataTypes.LongType,
          DataTypes.DateType,
          DataTypes.TimestampType,
          DataTypes.StringType);

  /** How many values there are of each column. */
  private static final int BOUNDS = 4;

  private KeyRange() {}

  /** A text that is none would be another one on its way through the driver. */
  private static Column isOrdered(StructField field) {
    return field.dataType().equals(DataTypes.StringType)
        ? every(coalesce(is_valid_utf8(column(field)), lit(true)))
        : lit(true);
  }

  /** A condition that every row with one of these keys meets; nulls are values of their own. */
  static Column of(Dataset<Row> keys) {
    List<StructField> ordered =
        Arrays.stream(keys.schema().fields())
            .filter(field -> ORDERED.contains(field.dataType()))
            .toList();
    if (ordered.isEmpty()) {
      return lit(true);
    }
    List<Column> bounds = new ArrayList<>();
    for (StructField field : ordered) {
      Column value = column(field);
      bounds.addAll(List.of(min(value), max(value), bool_or(value.isNull()), isOrdered(field)));
    }
    Row found = keys.select(bounds.toArray(Column[]::new)).head();
    Column range = lit(true);
    for (int i = 0; i < ordered.size(); i++) {
      Column value = column(ordered.get(i));
      int at = BOUNDS * i;
      if (!Boolean.FALSE.equals(found.get(at + 3))) {
        Column within = value.between(lit(found.get(at)), lit(found.get(at + 1)));
        range = range.and(found.getBoolean(at + 2) ? within.or(value.isNull()) : within);
      }
    }
    return range;
  }

  private static Column column(StructField field) {
    return col("`" + field.name().replace("`", "``") + "`");
  }
}
