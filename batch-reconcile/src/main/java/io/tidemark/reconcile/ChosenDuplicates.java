package io.tidemark.reconcile;

import static io.tidemark.reconcile.AlignedRows.BATCH;
import static io.tidemark.reconcile.AlignedRows.STREAM;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.tidemark.schema.EventColumns;
import io.tidemark.status.Recomputation;
import io.tidemark.view.DeliveryOrder;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Proves that rows are what the stream made of conflicting deliveries: the SQL over the deliveries
 * that it counted, if it chose in some way that it can have chosen, gives its row.
 */
final class ChosenDuplicates {
  private static final String WAYS = "_ways";
  private static final StructType CHOICES =
      StructType.fromDDL(
          "landed BIGINT, topic STRING, topic_partition INT, topic_offset BIGINT, _ways BIGINT");

  private ChosenDuplicates() {}

  /** Adds {@code _ways}: a bit for each way of choosing in which a suspect's delivery counted. */
  static Dataset<Row> chosen(Dataset<Row> counting, Choices choices) {
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
   * Which rows of the stream one of some ways gives: {@code date, key}.
   *
   * @param chosen see {@link #chosen}
   * @param truth for the keys that the stream lacks: a way that lacks them too is right
   */
  static Dataset<Row> proven(
      Recomputation recomputation,
      Dataset<Row> chosen,
      Collection<LocalDate> dates,
      Dataset<Row> stream,
      Dataset<Row> truth,
      List<Integer> ways) {
    Map<String, Dataset<Row>> sides = new LinkedHashMap<>();
    sides.put(STREAM, stream);
    sides.put(BATCH, truth);
    Column agree = lit(false);
    for (int way : ways) {
      String side = "way_" + way;
      Column counted =
          when(col(WAYS).isNull(), col(Deliveries.COUNTS_IN_TIME))
              .otherwise(col(WAYS).bitwiseAND(1L << way).notEqual(0L));
      sides.put(side, recomputation.rows(chosen.where(counted), dates));
      agree = agree.or(AlignedRows.agree(STREAM, side));
    }
    return AlignedRows.align(recomputation.view().definition().key(), sides)
        .where(agree)
        .select(EventColumns.DATE, "key");
  }
}
