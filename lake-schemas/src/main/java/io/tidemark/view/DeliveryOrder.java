package io.tidemark.view;

import static org.apache.spark.sql.functions.asc;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.row_number;

import io.tidemark.schema.EventColumns;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** The order in which the deliveries of an event landed. */
public final class DeliveryOrder {
  /** The columns of an events table that tell it. */
  public static final List<String> COLUMNS =
      List.of(
          EventColumns.LANDED_BATCH,
          EventColumns.TOPIC,
          EventColumns.PARTITION,
          EventColumns.OFFSET);

  private static final String DELIVERY = "_delivery";

  private DeliveryOrder() {}

  /** The first delivery of each event id. */
  public static Dataset<Row> first(Dataset<Row> deliveries) {
    return one(deliveries, column -> asc(column));
  }

  /** The last delivery of each event id. */
  public static Dataset<Row> last(Dataset<Row> deliveries) {
    return one(deliveries, column -> desc(column));
  }

  private static Dataset<Row> one(Dataset<Row> deliveries, Function<String, Column> direction) {
    var ofAnEvent =
        Window.partitionBy(EventColumns.EVENT_ID)
            .orderBy(COLUMNS.stream().map(direction).toArray(Column[]::new));
    return deliveries
        .withColumn(DELIVERY, row_number().over(ofAnEvent))
        .where(col(DELIVERY).equalTo(1))
        .drop(DELIVERY);
  }
}
