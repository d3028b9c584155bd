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
import java.sql.Date;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * What was delivered for some dates of a view, and what its stream dropped of it.
 *
 * @param deliveries rows of the events table
 * @param events different event ids
 * @param conflicting event ids whose deliveries differ in fields that the view reads
 * @param lateDeliveries deliveries at or before the watermark that the refresh which read them
 *     dropped by
 * @param lateEvents event ids of which every delivery was late: the stream never counted them
 */
public record Deliveries(
    long deliveries, long events, long conflicting, long lateDeliveries, long lateEvents) {
  private static final String LATE = "_late";
  private static final StructType PROVEN =
      StructType.fromDDL("proven_date DATE, proven_through BIGINT");

  static final Deliveries NONE = new Deliveries(0, 0, 0, 0, 0);

  /** Deliveries beyond the first of each event. */
  public long duplicates() {
    return deliveries - events;
  }

  /**
   * Adds {@code _late}: whether the view's refresh dropped the delivery.
   *
   * @param lateAt of each landing batch, see {@link io.tidemark.ops.Refreshes#lateAt}
   * @param watermark of the last refresh: what it has not read yet, the next one will drop by it
   */
  static Dataset<Row> marked(Dataset<Row> events, Dataset<Row> lateAt, Instant watermark) {
    Column eventTime = col(EventColumns.EVENT_TIME);
    Column late =
        when(col("landed_batch").isNull(), eventTime.leq(lit(watermark)))
            .otherwise(coalesce(eventTime.leq(col("late_at")), lit(false)));
    return events
        .join(lateAt, col(EventColumns.LANDED_BATCH).equalTo(col("landed_batch")), "left_outer")
        .withColumn(LATE, late)
        .drop("landed_batch", "late_at");
  }

  /**
   * Those that the rows of some dates are made of: what was counted when the date was sealed, since
   * the stream writes nothing to it from then on; else what the refresh did not drop.
   */
  static Dataset<Row> counted(Dataset<Row> marked, Proven dates) {
    Column counted = not(col(LATE));
    if (dates.landedThrough().isEmpty()) {
      return marked.where(counted).drop(LATE);
    }
    List<Row> rows =
        dates.landedThrough().entrySet().stream()
            .map(proven -> RowFactory.create(Date.valueOf(proven.getKey()), proven.getValue()))
            .toList();
    Dataset<Row> proven = marked.sparkSession().createDataFrame(rows, PROVEN);
    return marked
        .join(
            broadcast(proven),
            marked.col(EventColumns.DATE).equalTo(proven.col("proven_date")),
            "left_outer")
        .where(coalesce(col(EventColumns.LANDED_BATCH).leq(col("proven_through")), counted))
        .drop(LATE, "proven_date", "proven_through");
  }

  /**
   * @param columns of the events table that the view reads
   */
  static Deliveries of(Dataset<Row> marked, List<String> columns) {
    Column content = content(marked.schema(), columns);
    Row counted =
        marked
            .groupBy(EventColumns.EVENT_ID)
            .agg(
                count(lit(1)).as("deliveries"),
                min(content).notEqual(max(content)).as("conflicting"),
                count_if(col(LATE)).as("late"))
            .agg(
                coalesce(sum("deliveries"), lit(0L)),
                count(lit(1)),
                count_if(col("conflicting")),
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

  /** What a delivery says, less what tells it from others that say the same. */
  private static Column content(StructType delivered, List<String> columns) {
    return Contents.hash(
        Arrays.stream(delivered.fields())
            .filter(field -> columns.contains(field.name()) && !field.name().startsWith("_"))
            .map(field -> Contents.hashable(field))
            .toArray(Column[]::new));
  }
}
