package io.tidemark.table;

import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.catalyst.InternalRow;

/** How many rows there are of each date, counted in one job and without a plan. */
final class RowCounts {
  /** Stands for rows without a date. No DATE of Spark's is so early. */
  static final int DATELESS = Integer.MIN_VALUE;

  private RowCounts() {}

  /**
   * @param date the position of a DATE in each row; without one all rows are {@link #DATELESS}
   * @return by the day since 1970
   */
  static Set<Map.Entry<Integer, Long>> byDate(JavaRDD<InternalRow> rows, OptionalInt date) {
    int position = date.orElse(-1);
    Map<Integer, Long> all = new HashMap<>();
    for (HashMap<Integer, Long> some :
        rows.mapPartitions(part -> List.of(count(part, position)).iterator()).collect()) {
      some.forEach((day, count) -> all.merge(day, count, Long::sum));
    }
    return all.entrySet();
  }

  private static HashMap<Integer, Long> count(Iterator<InternalRow> rows, int position) {
    HashMap<Integer, Long> counts = new HashMap<>();
    rows.forEachRemaining(row -> counts.merge(day(row, position), 1L, Long::sum));
    return counts;
  }

  private static int day(InternalRow row, int position) {
    return position < 0 || row.isNullAt(position) ? DATELESS : row.getInt(position);
  }
}
