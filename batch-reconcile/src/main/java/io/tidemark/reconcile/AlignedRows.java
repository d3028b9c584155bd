package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.tidemark.schema.EventColumns;
import io.tidemark.status.RowContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows of a view from several origins, side by side by their key. */
final class AlignedRows {
  /** What the view's table holds: the stream's work, and earlier repairs. */
  static final String STREAM = "stream";

  /** What the recomputation says. */
  static final String BATCH = "batch";

  private AlignedRows() {}

  /**
   * One row per date and key: {@code date, key}, and for each side its row as a struct (null if it
   * has none) and {@code <side>_rows}, how many it has. Grouping takes nulls in a key for equal,
   * and shows a key that a side has twice, which a join would multiply.
   */
  static Dataset<Row> align(List<String> key, Map<String, Dataset<Row>> sides) {
    List<String> columns = List.of(sides.get(STREAM).columns());
    List<Column> aggregates = new ArrayList<>();
    for (String side : sides.keySet()) {
      Column ofSide = col("side").equalTo(side);
      aggregates.add(max(when(ofSide, col("row"))).as(side));
      aggregates.add(count_if(ofSide).as(side + "_rows"));
    }
    return sides.entrySet().stream()
        .map(
            side ->
                side.getValue()
                    .select(
                        lit(side.getKey()).as("side"),
                        col(EventColumns.DATE),
                        struct(RowContent.columns(key)).as("key"),
                        struct(RowContent.columns(columns)).as("row")))
        .reduce(Dataset::union)
        .orElseThrow()
        .groupBy(EventColumns.DATE, "key")
        .agg(aggregates.get(0), aggregates.subList(1, aggregates.size()).toArray(Column[]::new));
  }

  /** Whether two sides have exactly the same row, or neither has one. */
  static Column agree(String one, String other) {
    return col(one).eqNullSafe(col(other)).and(col(one + "_rows").equalTo(col(other + "_rows")));
  }
}
