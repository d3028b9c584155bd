package io.tidemark.status;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.tidemark.schema.EventColumns;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The landing batches that deliveries came in.
 *
 * @param from the first
 * @param through the last; less than {@code from} if there are no deliveries
 * @param hasReplayed whether some were dead letters before
 */
public record LandingRange(long from, long through, boolean hasReplayed) {

  public static LandingRange of(Dataset<Row> deliveries) {
    Row found =
        deliveries
            .agg(
                coalesce(min(EventColumns.LANDED_BATCH), lit(0L)),
                coalesce(max(EventColumns.LANDED_BATCH), lit(-1L)),
                coalesce(max(col(EventColumns.LANDED_BY).isNotNull()), lit(false)))
            .head();
    return new LandingRange(found.getLong(0), found.getLong(1), found.getBoolean(2));
  }

  public long count() {
    return through - from + 1;
  }

  public OptionalLong last() {
    return count() == 0 ? OptionalLong.empty() : OptionalLong.of(through);
  }
}
