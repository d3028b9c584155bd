package io.tidemark.view;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.unix_micros;
import static org.apache.spark.sql.functions.when;

import io.tidemark.schema.EventColumns;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/** The order in which the deliveries of an event landed, and which of them count. */
public final class DeliveryOrder {
  /** The columns of an events table that tell it. */
  public static final List<String> COLUMNS =
      List.of(
          EventColumns.LANDED_BATCH,
          EventColumns.TOPIC,
          EventColumns.PARTITION,
          EventColumns.OFFSET);

  private DeliveryOrder() {}

  /** A delivery's place in it. */
  public static Column place() {
    return struct(COLUMNS.stream().map(name -> col(name)).toArray(Column[]::new));
  }

  /**
   * Whether a delivery counts: no earlier delivery of its event id has an event time within a
   * window of its own, on either side. Whether the earlier one counts does not matter, so nothing
   * farther away than the window decides, and nothing that lands later.
   *
   * @param among which deliveries there are; others neither count nor keep one from it
   */
  public static Column counts(Duration window, Column among) {
    Column first = min(when(among, place())).over(near(window));
    return coalesce(among.and(first.equalTo(place())), lit(false));
  }

  /**
   * Whether a value of a delivery differs from that of one of its id with as near an event time.
   */
  public static Column differs(Duration window, Column value) {
    return coalesce(
        min(value).over(near(window)).notEqual(max(value).over(near(window))), lit(false));
  }

  /** The deliveries of the same id whose event times are as near as a window. */
  private static WindowSpec near(Duration window) {
    long micros = TimeUnit.SECONDS.toMicros(window.toSeconds());
    return Window.partitionBy(EventColumns.EVENT_ID)
        .orderBy(unix_micros(col(EventColumns.EVENT_TIME)))
        .rangeBetween(-micros, micros);
  }
}
