package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.tidemark.schema.EventColumns;
import io.tidemark.status.RowContent;
import io.tidemark.view.View;
import java.sql.Date;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

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
  static final String LATE = "_late";
  static final String COUNTS = "_counts";
  static final String COUNTS_IN_TIME = "_counts_in_time";
  private static final StructType PROVEN =
      StructType.fromDDL("proven_date DATE, proven_through BIGINT");
  private static final String PROVEN_THROUGH = "proven_through";

  static final Deliveries NONE = new Deliveries(0, 0, 0, 0, 0);

  /** Deliveries that do not count. */
  public long duplicates() {
    return deliveries - events;
  }

  /**
   * Adds {@code _late}: whether the view's refresh dropped the delivery by its own record, as late
   * or as ahead of the clock. What landed after all that it has read, it will drop by its
   * watermark; what it has passed over without reading is not late. {@code view_version} and {@code
   * refresh} say what read it.
   *
   * @param lateAt of each landing batch, see {@link io.tidemark.ops.Refreshes#lateAt}
   * @param watermark of the last refresh
   * @param readThrough the last landing batch that the refresh has read, if any
   */
  static Dataset<Row> marked(
      Dataset<Row> events, Dataset<Row> lateAt, Instant watermark, OptionalLong readThrough) {
    Column eventTime = col(EventColumns.EVENT_TIME);
    Column unread =
        col(EventColumns.LANDED_BATCH)
            .gt(readThrough.orElse(Long.MIN_VALUE))
            .and(eventTime.leq(lit(watermark)));
    Column late =
        when(col("landed_batch").isNull(), unread)
            .otherwise(
                coalesce(eventTime.leq(col("late_at")), lit(false))
                    .or(coalesce(eventTime.gt(col("ahead_at")), lit(false))));
    return events
        .join(lateAt, col(EventColumns.LANDED_BATCH).equalTo(col("landed_batch")), "left_outer")
        .withColumn(LATE, late)
        .drop("landed_batch", "late_at", "ahead_at");
  }

  /** Adds which of them count: among all that were delivered, and among those in time. */
  static Dataset<Row> counting(Dataset<Row> marked, View view) {
    return marked
        .withColumn(COUNTS, view.counts(lit(true)))
        .withColumn(COUNTS_IN_TIME, view.counts(not(col(LATE))));
  }

  /**
   * Those that the rows of some dates are made of: what was counted when the date was sealed, since
   * the stream writes nothing to it from then on, and nothing that lands later changes which of the
   * deliveries before it count; else those that count among what the refresh did not drop.
   */
  static Dataset<Row> counted(Dataset<Row> counting, Proven dates) {
    Column inTime = col(COUNTS_IN_TIME);
    if (dates.landedThrough().isEmpty()) {
      return counting.where(inTime);
    }
    Column sealed = col(COUNTS).and(col(EventColumns.LANDED_BATCH).leq(col(PROVEN_THROUGH)));
    return proven(counting, dates)
        .where(when(col(PROVEN_THROUGH).isNull(), inTime).otherwise(sealed));
  }

  /**
   * Those that count among all but these: {@link #counted} leaves them out, and they were dead
   * letters before.
   */
  static Dataset<Row> unreplayed(Dataset<Row> marked, View view, Proven dates) {
    Column isMissing =
        dates.landedThrough().isEmpty()
            ? col(LATE)
            : when(col(PROVEN_THROUGH).isNull(), col(LATE))
                .otherwise(col(EventColumns.LANDED_BATCH).gt(col(PROVEN_THROUGH)));
    Column isReplayed = col(EventColumns.LANDED_BY).isNotNull();
    Dataset<Row> all = dates.landedThrough().isEmpty() ? marked : proven(marked, dates);
    return all.withColumn(COUNTS, view.counts(not(isMissing.and(isReplayed)))).where(COUNTS);
  }

  /** Adds up to which landing the seals have counted the events of a date, null if none has. */
  private static Dataset<Row> proven(Dataset<Row> deliveries, Proven dates) {
    List<Row> rows =
        dates.landedThrough().entrySet().stream()
            .map(proven -> RowFactory.create(Date.valueOf(proven.getKey()), proven.getValue()))
            .toList();
    Dataset<Row> proven = deliveries.sparkSession().createDataFrame(rows, PROVEN);
    return deliveries
        .join(
            broadcast(proven),
            deliveries.col(EventColumns.DATE).equalTo(proven.col("proven_date")),
            "left_outer")
        .drop("proven_date");
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
                differ(near, columns).as("differ"),
                count_if(reached.and(col(LATE))).as("late"))
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

  /** Whether the deliveries of a group differ in time or content. */
  static Column differ(Dataset<Row> deliveries, List<String> columns) {
    Column content = content(deliveries.schema(), columns);
    return min(EventColumns.EVENT_TIME)
        .notEqual(max(EventColumns.EVENT_TIME))
        .or(min(content).notEqual(max(content)));
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

  /** What a delivery says, less what tells it from others that say the same. */
  static Column content(StructType delivered, List<String> columns) {
    return RowContent.hash(
        Arrays.stream(delivered.fields())
            .filter(field -> columns.contains(field.name()) && !field.name().startsWith("_"))
            .map(field -> RowContent.hashable(field))
            .toArray(Column[]::new));
  }
}
