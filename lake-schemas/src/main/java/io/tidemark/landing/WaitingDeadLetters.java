package io.tidemark.landing;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.octet_length;
import static org.apache.spark.sql.functions.struct;

import io.tidemark.schema.KafkaColumns;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Dead letters that have not become events, page by page in the order in which they landed. Those
 * of a batch that is not in the ledger are the stream's own affair, until it is.
 */
public final class WaitingDeadLetters {
  /** Identifies one that waits. */
  public static final List<String> PLACE = List.of("query", "topic", "partition", "offset");

  /** What a page holds at most, in bytes of values: it is in memory several times. */
  private static final long BYTES = 64L << 20;

  private static final Column ORDER =
      struct(col("batch"), col("topic"), col("partition"), col("offset"));

  private final Dataset<Row> chosen;
  private final long ambiguous;
  private Column rest = lit(true);

  /**
   * Which rows of the table wait.
   *
   * @param through the last batch of the query that is in the ledger
   */
  public static String waiting(long through) {
    return "present.replayed_at IS NULL AND present.batch <= " + through;
  }

  private WaitingDeadLetters(Dataset<Row> chosen, long ambiguous) {
    this.chosen = chosen;
    this.ambiguous = ambiguous;
  }

  /**
   * @param deadLetters of all queries
   * @param query that has refused them
   * @param through the last batch of it that is in the ledger
   */
  public static WaitingDeadLetters of(
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
    Dataset<Row> chosen = waiting.where(condition);
    if (twice.isEmpty()) {
      return new WaitingDeadLetters(chosen, 0);
    }
    Dataset<Row> others = broadcast(twice.drop("times"));
    String[] place = {"topic", "partition", "offset"};
    return new WaitingDeadLetters(
        chosen.join(others, place, "left_anti"), chosen.join(others, place, "left_semi").count());
  }

  /** How many are left out, since topic, partition and offset are not of one alone. */
  public long ambiguous() {
    return ambiguous;
  }

  /** The next ones that wait now, in Kafka's columns. */
  public Page next(int most) {
    // By their places first: to sort them with their values takes the memory of all of these.
    List<Row> places =
        chosen
            .where(rest)
            .select(ORDER.as("place"), coalesce(octet_length(col("value")), lit(0)).as("bytes"))
            .orderBy("place")
            .limit(most)
            .collectAsList();
    if (places.isEmpty()) {
      return new Page(Optional.empty(), chosen.sparkSession().emptyDataFrame());
    }
    long bytes = places.get(0).getInt(1);
    int size = 1;
    while (size < places.size() && bytes + places.get(size).getInt(1) <= BYTES) {
      bytes += places.get(size++).getInt(1);
    }
    Row last = places.get(size - 1).getStruct(0);
    return new Page(
        Optional.of(last),
        chosen
            .where(rest.and(ORDER.leq(literal(last))))
            .select(
                col("key"),
                col("value"),
                col("topic"),
                col("partition"),
                col("offset"),
                col("timestamp"),
                KafkaColumns.timestampType(col("timestamp_type")))
            .localCheckpoint(true));
  }

  /** Leaves a page, and what comes before it, behind. */
  public void pass(Page page) {
    rest = ORDER.gt(literal(page.last().orElseThrow()));
  }

  private static Column literal(Row place) {
    return struct(
        lit(place.getLong(0)),
        lit(place.getString(1)),
        lit(place.getInt(2)),
        lit(place.getLong(3)));
  }

  /**
   * Some of them, read once.
   *
   * @param last its last place, empty if there are none
   * @param records Kafka's columns
   */
  public record Page(Optional<Row> last, Dataset<Row> records) implements AutoCloseable {
    public boolean isEmpty() {
      return last.isEmpty();
    }

    @Override
    public void close() {
      if (!isEmpty()) {
        RawRows.of(records).unpersist(false);
      }
    }
  }
}
