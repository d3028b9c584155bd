package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.LANDED_BATCH;
import static io.tidemark.schema.EventColumns.LANDED_BY;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.ops.LedgerBalance;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Tells rows whose batch is in the ledger from those whose batch is not: after a crash, the writer
 * of such a batch reads its rows again.
 *
 * @param balance of the ledger, which is read before the rows are
 */
public record SettledEvents(SparkSession spark, LedgerBalance balance) {
  private static final StructType ENDS =
      StructType.fromDDL("of_topic STRING, of_partition INT, until BIGINT");

  /** Whether the ledger knows that an event which was a dead letter is one. */
  public Column isSettled(LandingQuery query) {
    return col(LANDED_BY).isNull().or(isReplayed(query, LANDED_BATCH));
  }

  /**
   * Whether the ledger knows of a landing of dead letters.
   *
   * @param number the column of its number, which may be null
   */
  public Column isReplayed(LandingQuery query, String number) {
    Set<Long> replays = balance.replays().getOrDefault(query.replay(), Set.of());
    return coalesce(col(number).isInCollection(replays), lit(false));
  }

  /**
   * Adds {@code until}, which the ledger has reached in the row's topic and partition, null if it
   * has none.
   *
   * @param rows {@code topic, partition}, and others
   */
  public Dataset<Row> reached(Dataset<Row> rows) {
    List<Row> ends =
        balance.totals().stream()
            .map(span -> RowFactory.create(span.topic(), span.partition(), span.until()))
            .toList();
    return rows.join(
            broadcast(spark.createDataFrame(ends, ENDS)),
            col("topic")
                .equalTo(col("of_topic"))
                .and(col("partition").equalTo(col("of_partition"))),
            "left")
        .drop("of_topic", "of_partition");
  }
}
