package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.tidemark.reconcile.counted.DeliveryContent;
import io.tidemark.reconcile.counted.StreamCount;
import io.tidemark.schema.EventColumns;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What was delivered for some dates of a view, and what its stream dropped of it.
 *
 * @param deliveries rows of the events table
 * @param events deliveries that count
 * @param conflicting event ids whose deliveries, as near in time as the deduplication window,
 *     differ in time or in fields that the view reads
 * @param lateDeliveries deliveries at or before the watermark that the refresh which read them
 *     dropped by
 * @param lateEvents event ids of which every delivery was late: the stream never counted them
 */
public record Deliveries(
    long deliveries, long events, long conflicting, long lateDeliveries, long lateEvents) {
  static final Deliveries NONE = new Deliveries(0, 0, 0, 0, 0);

  /** Deliveries that do not count. */
  public long duplicates() {
    return deliveries - events;
  }

  /**
   * @param near marked deliveries
   * @param reached which of them are to be counted
   * @param columns of the events table that the view reads
   * @return with every id for conflicting whose deliveries differ, however far apart
   */
  static Deliveries of(Dataset<Row> near, Column reached, List<String> columns) {
    Row counted =
        near.groupBy(EventColumns.EVENT_ID)
            .agg(
                count_if(reached).as("deliveries"),
                DeliveryContent.differ(near, columns).as("differ"),
                count_if(reached.and(col(StreamCount.LATE))).as("late"))
            .where(col("deliveries").gt(0))
            .agg(
                coalesce(sum("deliveries"), lit(0L)),
                count(lit(1)),
                count_if(col("differ")),
                coalesce(sum("late"), lit(0L)),
                count_if(col("late").equalTo(col("deliveries"))))
            .head();
    return new Deliveries(
        counted.getLong(0),
        counted.getLong(1),
        counted.getLong(2),
        counted.getLong(3),
        counted.getLong(4));
  }

  /** The same, with those that differ looked at more closely. */
  Deliveries with(Conflicts conflicts) {
    return new Deliveries(
        deliveries,
        events - conflicting + conflicts.events(),
        conflicts.ids(),
        lateDeliveries,
        lateEvents);
  }
}
