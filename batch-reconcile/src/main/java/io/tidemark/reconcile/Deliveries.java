package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.tidemark.schema.EventColumns;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What was delivered for some dates of a view, and what its stream dropped of it.
 *
 * @param deliveries rows of the events table
 * @param events different event ids
 * @param conflicting event ids whose deliveries differ in time or content; looked for only on dates
 *     that drifted, since it takes reading every column
 * @param lateDeliveries deliveries at or before the watermark that the refresh which read them
 *     dropped by
 * @param lateEvents event ids of which every delivery was late: the stream never counted them
 */
public record Deliveries(
    long deliveries, long events, long conflicting, long lateDeliveries, long lateEvents) {
  private static final String LATE = "_late";

  static final Deliveries NONE = new Deliveries(0, 0, 0, 0, 0);

  /** Deliveries beyond the first of each event. */
  public long duplicates() {
    return deliveries - events;
  }

  /**
   * Adds {@code _late}: whether the view's refresh dropped the delivery.
   *
   * @param lateAt see {@link io.tidemark.ops.Refreshes#lateAt}
   * @param watermark of the last refresh: what it has not read yet, the next one will drop by it
   */
  static Dataset<Row> marked(Dataset<Row> events, Dataset<Row> lateAt, Instant watermark) {
    Column eventTime = col(EventColumns.EVENT_TIME);
    Column late =
        when(col("landed_batch").isNull(), eventTime.leq(lit(watermark)))
            .otherwise(coalesce(eventTime.leq(col("late_at")), lit(false)));
    return events
        .join(
            broadcast(lateAt),
            col(EventColumns.LANDED_BATCH).equalTo(col("landed_batch")),
            "left_outer")
        .withColumn(LATE, late)
        .drop("landed_batch", "late_at");
  }

  /** Those that the refresh did not drop, and so the first of them as the stream saw it. */
  static Dataset<Row> inTime(Dataset<Row> marked) {
    return marked.where(col(LATE).equalTo(false)).drop(LATE);
  }

  /** The last in-time delivery of each event id alone. */
  static Dataset<Row> lastInTime(Dataset<Row> marked) {
    var latest =
        org.apache.spark.sql.expressions.Window.partitionBy(EventColumns.EVENT_ID)
            .orderBy(
                col(EventColumns.LANDED_BATCH).desc(),
                col(EventColumns.TOPIC).desc(),
                col(EventColumns.PARTITION).desc(),
                col(EventColumns.OFFSET).desc());
    return inTime(marked)
        .withColumn("_latest", org.apache.spark.sql.functions.row_number().over(latest))
        .where(col("_latest").equalTo(1))
        .drop("_latest");
  }

  static Deliveries of(Dataset<Row> marked) {
    Row counted =
        marked
            .groupBy(EventColumns.EVENT_ID)
            .agg(count(lit(1)).as("deliveries"), count_if(col(LATE)).as("late"))
            .agg(
                coalesce(sum("deliveries"), lit(0L)),
                count(lit(1)),
                coalesce(sum("late"), lit(0L)),
                count_if(col("late").equalTo(col("deliveries"))))
            .head();
    return new Deliveries(
        counted.getLong(0), counted.getLong(1), 0, counted.getLong(2), counted.getLong(3));
  }

  /** The same with the conflicts among some events, of which every column is read. */
  Deliveries withConflicting(Dataset<Row> events) {
    long found =
        events
            .select(col(EventColumns.EVENT_ID), content(events).as("content"))
            .groupBy(EventColumns.EVENT_ID)
            .agg(min("content").notEqual(max("content")).as("conflicting"))
            .where(col("conflicting"))
            .count();
    return new Deliveries(deliveries, this.events, found, lateDeliveries, lateEvents);
  }

  private static Column content(Dataset<Row> events) {
    List<String> said =
        Arrays.stream(events.columns())
            .filter(name -> !name.startsWith("_") && !name.equals(EventColumns.DATE))
            .toList();
    return Contents.hash(Contents.columns(said));
  }
}
