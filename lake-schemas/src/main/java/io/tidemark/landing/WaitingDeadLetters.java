package io.tidemark.landing;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import io.tidemark.schema.KafkaColumns;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Dead letters that have not become events, page by page in the order in which they landed. Those
 * of a batch that is not in the ledger are the stream's own affair, until it is.
 */
final class WaitingDeadLetters {
  /** Identifies one that waits. */
  static final List<String> PLACE = List.of("query", "topic", "partition", "offset");

  static final String IS_WAITING = "present.replayed_at IS NULL";

  private static final Column ORDER =
      struct(col("batch"), col("topic"), col("partition"), col("offset"));

  private final Dataset<Row> chosen;
  private final long ambiguous;
  private Column rest = lit(true);

  private WaitingDeadLetters(Dataset<Row> chosen, long ambiguous) {
    this.chosen = chosen;
    this.ambiguous = ambiguous;
  }

  /**
   * @param deadLetters of all queries
   * @param query that has refused them
   * @param through the last batch of it that is in the ledger
   */
  static WaitingDeadLetters of(
      Dataset<Row> deadLetters, String query, long through, Column condition) {
    Dataset<Row> waiting =
        deadLetters.where(
            col("query")
                .equalTo(query)
                .and(col("batch").leq(through))
                .and(col("replayed_at").isNull()));
    Dataset<Row> twice =
        waiting
            .groupBy("topic", "partition", "offset")
            .agg(count(lit(1)).as("times"))
            .where(col("times").gt(1))
            .localCheckpoint(true);
    Row ambiguous = twice.agg(sum("times")).head();
    Dataset<Row> chosen = waiting.where(condition);
    return ambiguous.isNullAt(0)
        ? new WaitingDeadLetters(chosen, 0)
        : new WaitingDeadLetters(
            chosen.join(
                broadcast(twice.drop("times")),
                new String[] {"topic", "partition", "offset"},
                "left_anti"),
            ambiguous.getLong(0));
  }

  /** How many are left out, since topic, partition and offset are not of one alone. */
  long ambiguous() {
    return ambiguous;
  }

  /** The next ones that wait now, in Kafka's columns. */
  Page next(int most) {
    return new Page(
        chosen
            .where(rest)
            .orderBy(ORDER)
            .limit(most)
            .select(
                col("key"),
                col("value"),
                col("topic"),
                col("partition"),
                col("offset"),
                col("timestamp"),
                KafkaColumns.timestampType(col("timestamp_type")),
                col("batch"))
            .localCheckpoint(true));
  }

  /** Leaves a page, and what comes before it, behind. */
  void pass(Page page) {
    Row last = page.records().agg(max(ORDER)).head().getStruct(0);
    rest =
        ORDER.gt(
            struct(
                lit(last.getLong(0)),
                lit(last.getString(1)),
                lit(last.getInt(2)),
                lit(last.getLong(3))));
  }

  /**
   * Some of them, read once.
   *
   * @param records Kafka's columns
   */
  record Page(Dataset<Row> records) implements AutoCloseable {
    boolean isEmpty() {
      return records.isEmpty();
    }

    @Override
    public void close() {
      RawRows.of(records).unpersist(false);
    }
  }
}
