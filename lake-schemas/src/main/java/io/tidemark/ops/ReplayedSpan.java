package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Dead letters of one topic-partition that a batch has made events of.
 *
 * @param first the least of their offsets
 * @param records how many they are
 */
public record ReplayedSpan(String topic, int partition, long first, long records) {

  /** One per topic-partition, of rows of {@code ops.ledger}. */
  static List<ReplayedSpan> totals(Dataset<Row> ledger) {
    return ledger
        .where(col("replayed").isNotNull())
        .groupBy("topic", "partition")
        .agg(min("from_offset"), sum("replayed"))
        .collectAsList()
        .stream()
        .map(
            row ->
                new ReplayedSpan(row.getString(0), row.getInt(1), row.getLong(2), row.getLong(3)))
        .toList();
  }
}
