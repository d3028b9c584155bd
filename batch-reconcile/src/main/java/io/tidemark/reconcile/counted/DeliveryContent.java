package io.tidemark.reconcile.counted;

import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import io.tidemark.schema.EventColumns;
import io.tidemark.status.RowContent;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** What deliveries say to a view, so that those of one id can be compared. */
public final class DeliveryContent {
  private DeliveryContent() {}

  /**
   * Whether the deliveries of a group differ in time or content.
   *
   * @param columns of the events table that the view reads
   */
  public static Column differ(Dataset<Row> deliveries, List<String> columns) {
    Column content = of(deliveries.schema(), columns);
    return min(EventColumns.EVENT_TIME)
        .notEqual(max(EventColumns.EVENT_TIME))
        .or(min(content).notEqual(max(content)));
  }

  /** What a delivery says, less what tells it from others that say the same. */
  public static Column of(StructType delivered, List<String> columns) {
    return RowContent.hash(
        Arrays.stream(delivered.fields())
            .filter(field -> columns.contains(field.name()) && !field.name().startsWith("_"))
            .map(field -> RowContent.hashable(field))
            .toArray(Column[]::new));
  }
}
