package io.tidemark.reconcile.counted;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.tidemark.view.DeliveryOrder;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Marks on deliveries what the stream can have counted of conflicting ones, in each way in which it
 * can have chosen among them.
 */
public final class ChosenDuplicates {
  private static final String WAYS = "_ways";
  private static final StructType CHOICES =
      StructType.fromDDL(
          "landed BIGINT, topic STRING, topic_partition INT, topic_offset BIGINT, _ways BIGINT");

  private ChosenDuplicates() {}

  /** Adds {@code _ways}: a bit for each way of choosing in which a suspect's delivery counted. */
  public static Dataset<Row> chosen(Dataset<Row> counting, Choices choices) {
    List<Row> rows =
        choices.ways().entrySet().stream()
            .map(
                chosen ->
                    RowFactory.create(
                        chosen.getKey().landedBatch(),
                        chosen.getKey().topic(),
                        chosen.getKey().partition(),
                        chosen.getKey().offset(),
                        chosen.getValue()))
            .toList();
    Dataset<Row> ways = counting.sparkSession().createDataFrame(rows, CHOICES);
    Column same = lit(true);
    for (int column = 0; column < DeliveryOrder.COLUMNS.size(); column++) {
      same =
          same.and(
              counting
                  .col(DeliveryOrder.COLUMNS.get(column))
                  .equalTo(ways.col(CHOICES.fieldNames()[column])));
    }
    return counting
        .join(broadcast(ways), same, "left_outer")
        .drop("landed", "topic", "topic_partition", "topic_offset");
  }

  /**
   * Whether a delivery was counted.
   *
   * @param way the number of the way of choosing
   */
  public static Column isCounted(int way) {
    return when(col(WAYS).isNull(), col(StreamCount.COUNTS_IN_TIME))
        .otherwise(col(WAYS).bitwiseAND(1L << way).notEqual(0L));
  }
}
