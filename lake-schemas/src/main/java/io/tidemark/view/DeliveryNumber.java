package io.tidemark.view;

import static org.apache.spark.sql.functions.asc;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import io.tidemark.schema.EventColumns;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/** Which of the deliveries of an event id a row is: the first is 1. */
public final class DeliveryNumber {
  /** The column that {@link #number} adds, an INT. */
  public static final String COLUMN = "_delivery";

  private static final List<String> ORDER =
      List.of(
          EventColumns.LANDED_BATCH,
          EventColumns.TOPIC,
          EventColumns.PARTITION,
          EventColumns.OFFSET);

  private DeliveryNumber() {}

  public static Dataset<Row> number(Dataset<Row> events) {
    Column[] order = ORDER.stream().map(column -> asc(column)).toArray(Column[]::new);
    return events.withColumn(
        COLUMN, row_number().over(Window.partitionBy(EventColumns.EVENT_ID).orderBy(order)));
  }

  /** The first delivery of each event id. */
  public static Dataset<Row> first(Dataset<Row> numbered) {
    return numbered.where(col(COLUMN).equalTo(1));
  }
}
