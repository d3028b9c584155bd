package io.tidemark.reconcile.counted;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.tidemark.ops.Refreshes;
import io.tidemark.schema.EventColumns;
import io.tidemark.status.LandingRange;
import io.tidemark.view.View;
import java.sql.Date;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Which deliveries the stream of a view has counted. The rules are in the description of this
 * package.
 *
 * @param watermark of the last refresh, by which the next one drops
 * @param reading how far the refresh has read
 */
public record StreamCount(
    SparkSession spark,
    Refreshes refreshes,
    String pipeline,
    View view,
    Instant watermark,
    Refreshes.Reading reading) {
  /** Whether the stream has dropped a delivery, or will: rules 1 and 2. */
  public static final String LATE = "_late";

  /** Whether a delivery counts among all. */
  public static final String COUNTS = "_counts";

  /** Whether a delivery counts among those that are not late: rule 3. */
  public static final String COUNTS_IN_TIME = "_counts_in_time";

  private static final StructType SEALED =
      StructType.fromDDL("proven_date DATE, proven_through BIGINT");
  private static final String SEALED_THROUGH = "proven_through";

  /** Up to how many landing batches are sent to every task, rather than the events to them. */
  private static final int BATCHES_TO_SEND = 250_000;

  /**
   * Adds {@code _late}: whether the view's refresh dropped the delivery by its own record, as late
   * or as ahead of the clock. What landed after all that it has read, it will drop by its
   * watermark; what it has passed over without reading is not late. {@code view_version} and {@code
   * refresh} say what read it, see {@link Refreshes#lateAt}.
   *
   * @param among the landings that the events came in
   */
  public Dataset<Row> marked(Dataset<Row> events, LandingRange among) {
    Dataset<Row> ofLandings =
        refreshes.lateAt(spark, pipeline, view.name(), among.from(), among.through());
    Dataset<Row> lateAt = among.count() > BATCHES_TO_SEND ? ofLandings : broadcast(ofLandings);
    Column eventTime = col(EventColumns.EVENT_TIME);
    Column unread =
        col(EventColumns.LANDED_BATCH)
            .gt(reading.through().orElse(Long.MIN_VALUE))
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
  public static Dataset<Row> counting(Dataset<Row> marked, View view) {
    return marked
        .withColumn(COUNTS, view.counts(lit(true)))
        .withColumn(COUNTS_IN_TIME, view.counts(not(col(LATE))));
  }

  /**
   * Those that the rows of some dates are made of, by rules 3 and 4.
   *
   * @param counting see {@link #counting}
   */
  public static Dataset<Row> counted(Dataset<Row> counting, SealedLandings dates) {
    Column inTime = col(COUNTS_IN_TIME);
    if (dates.landedThrough().isEmpty()) {
      return counting.where(inTime);
    }
    Column sealed = col(COUNTS).and(col(EventColumns.LANDED_BATCH).leq(col(SEALED_THROUGH)));
    return withSeals(counting, dates)
        .where(when(col(SEALED_THROUGH).isNull(), inTime).otherwise(sealed));
  }

  /**
   * Those that count among all but these: {@link #counted} leaves them out, and they were dead
   * letters before. Rule 5.
   *
   * @param marked see {@link #marked}
   */
  public static Dataset<Row> unreplayed(Dataset<Row> marked, View view, SealedLandings dates) {
    Column isMissing =
        dates.landedThrough().isEmpty()
            ? col(LATE)
            : when(col(SEALED_THROUGH).isNull(), col(LATE))
                .otherwise(col(EventColumns.LANDED_BATCH).gt(col(SEALED_THROUGH)));
    Column isReplayed = col(EventColumns.LANDED_BY).isNotNull();
    Dataset<Row> all = dates.landedThrough().isEmpty() ? marked : withSeals(marked, dates);
    return all.withColumn(COUNTS, view.counts(not(isMissing.and(isReplayed)))).where(COUNTS);
  }

  /** Adds up to which landing the seals have counted the events of a date, null if none has. */
  private static Dataset<Row> withSeals(Dataset<Row> deliveries, SealedLandings dates) {
    List<Row> rows =
        dates.landedThrough().entrySet().stream()
            .map(date -> RowFactory.create(Date.valueOf(date.getKey()), date.getValue()))
            .toList();
    Dataset<Row> seals = deliveries.sparkSession().createDataFrame(rows, SEALED);
    return deliveries
        .join(
            broadcast(seals),
            deliveries.col(EventColumns.DATE).equalTo(seals.col("proven_date")),
            "left_outer")
        .drop("proven_date");
  }

  /**
   * What the stream can have counted of the ids whose deliveries differ: rule 6.
   *
   * @param near marked deliveries with all columns that the view reads
   * @param far the other deliveries of their ids, marked, whose columns may be fewer
   * @param columns of the events table that the view reads
   */
  public Choices choices(Dataset<Row> near, Dataset<Row> far, List<String> columns) {
    Dataset<Row> lateBefore = refreshes.lateBefore(spark, pipeline, view.name());
    return Choices.of(Suspects.of(near, far, columns, lateBefore), view.definition().lateness());
  }
}
