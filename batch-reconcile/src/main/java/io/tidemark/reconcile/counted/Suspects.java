package io.tidemark.reconcile.counted;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;

import io.tidemark.schema.EventColumns;
import io.tidemark.view.DeliveryOrder;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Event ids of which the stream may have counted other deliveries than the batch, since these
 * differ in time or content.
 */
final class Suspects {
  /** What the driver can look at; where there are more, some rows stay unexplained. */
  private static final int AT_MOST = 100_000;

  private static final String CONTENT = "_content";

  private Suspects() {}

  /**
   * All deliveries of the suspects among some events.
   *
   * @param near marked deliveries with all columns that the view reads, see {@link
   *     StreamCount#marked}
   * @param far the other deliveries of their ids, marked, whose columns may be fewer
   * @param lateBefore of each refresh batch, see {@link io.tidemark.ops.Refreshes#lateBefore}
   */
  static List<Delivery> of(
      Dataset<Row> near, Dataset<Row> far, List<String> columns, Dataset<Row> lateBefore) {
    Column content = DeliveryContent.of(near.schema(), columns);
    Dataset<Row> deliveries =
        narrow(near.withColumn(CONTENT, content))
            .union(narrow(far.withColumn(CONTENT, lit(null).cast("bigint"))));
    Dataset<Row> differing =
        deliveries
            .groupBy(EventColumns.EVENT_ID)
            .agg(
                count(lit(1)).as("deliveries"),
                min(EventColumns.EVENT_TIME)
                    .notEqual(max(EventColumns.EVENT_TIME))
                    .or(min(CONTENT).notEqual(max(CONTENT)))
                    .as("differ"))
            .where(col("deliveries").gt(1).and(col("differ")))
            .select(EventColumns.EVENT_ID);
    Dataset<Row> suspects = deliveries.join(differing, EventColumns.EVENT_ID);
    List<Delivery> found = new ArrayList<>();
    suspects
        .join(
            lateBefore,
            col("refresh.checkpoint")
                .equalTo(lateBefore.col("checkpoint"))
                .and(col("refresh.batch").equalTo(lateBefore.col("batch"))),
            "left_outer")
        .limit(AT_MOST)
        .collectAsList()
        .forEach(row -> found.add(delivery(row)));
    return found;
  }

  private static Dataset<Row> narrow(Dataset<Row> marked) {
    List<Column> columns = new ArrayList<>();
    columns.add(col(EventColumns.EVENT_ID));
    columns.add(col(EventColumns.EVENT_TIME));
    DeliveryOrder.COLUMNS.forEach(name -> columns.add(col(name)));
    columns.add(col("refresh").isNotNull().and(not(col(StreamCount.LATE))).as("in_time"));
    columns.add(col("refresh"));
    columns.add(col(CONTENT));
    return marked.select(columns.toArray(Column[]::new));
  }

  private static Delivery delivery(Row row) {
    Delivery.Place place =
        new Delivery.Place(
            row.<Long>getAs(EventColumns.LANDED_BATCH),
            row.getAs(EventColumns.TOPIC),
            row.<Integer>getAs(EventColumns.PARTITION),
            row.<Long>getAs(EventColumns.OFFSET));
    Row refresh = row.getAs("refresh");
    Timestamp forgotten = row.getAs("late_before");
    return new Delivery(
        row.getAs(EventColumns.EVENT_ID),
        row.<Timestamp>getAs(EventColumns.EVENT_TIME).toInstant(),
        place,
        row.<Boolean>getAs("in_time"),
        refresh == null
            ? null
            : new Delivery.Refresh(
                refresh.<Timestamp>getAs("refreshed_at").toInstant(),
                refresh.getAs("checkpoint"),
                refresh.<Long>getAs("batch"),
                forgotten == null ? null : forgotten.toInstant()));
  }
}
