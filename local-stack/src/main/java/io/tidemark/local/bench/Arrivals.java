package io.tidemark.local.bench;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.unix_millis;
import static org.apache.spark.sql.functions.when;

import io.tidemark.schema.EventColumns;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** When each event's number was in a view. */
final class Arrivals {
  static final String OUTCOME = "outcome";
  static final String REFRESH = "refresh_batch";
  static final String MILLIS = "millis";
  static final String EVENTS = "events";

  /** What became of an event in a view. */
  enum Outcome {
    /** It is in the view's numbers. */
    IN_VIEW,
    /** The refresh left it out, because it was late or ahead of the clock. */
    LEFT_OUT,
    /** No refresh has read it. */
    UNREAD
  }

  private Arrivals() {}

  /**
   * How many events waited that long: from their time in Kafka until the refresh that read their
   * landing had been written to the view.
   *
   * @param events the columns of an events table
   * @param read which refresh read each landing, see {@link io.tidemark.ops.Refreshes#lateAt}
   * @return {@code outcome, refresh_batch, millis, events}
   */
  static Dataset<Row> of(Dataset<Row> events, Dataset<Row> read) {
    Column time = col(EventColumns.EVENT_TIME);
    Column isLeftOut =
        coalesce(time.leq(col("late_at")), lit(false))
            .or(coalesce(time.gt(col("ahead_at")), lit(false)));
    Column outcome =
        when(col("refresh").isNull(), Outcome.UNREAD.name())
            .when(isLeftOut, Outcome.LEFT_OUT.name())
            .otherwise(Outcome.IN_VIEW.name());
    Column millis =
        unix_millis(col("refresh.refreshed_at")).minus(unix_millis(col(EventColumns.TIMESTAMP)));
    return events
        .join(read, col(EventColumns.LANDED_BATCH).equalTo(col("landed_batch")), "left")
        .select(outcome.as(OUTCOME), col("refresh.batch").as(REFRESH), millis.as(MILLIS))
        .groupBy(OUTCOME, REFRESH, MILLIS)
        .agg(count(lit(1)).as(EVENTS));
  }
}
