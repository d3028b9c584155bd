package io.tidemark.dimension;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.TopicPartition;
import io.tidemark.landing.WaitingDeadLetters;
import io.tidemark.ops.OperationTables;
import io.tidemark.ops.ReplayedSpan;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What is written of a dimension's dead letters once their rows are there: the marks on the dead
 * letters, then the ledger. Its rows replace each other, so the ledger is made from the marks: it
 * gets those that it does not have yet, whoever has set them.
 */
record DimensionReplayBooks(
    SparkSession spark,
    LandingQuery query,
    LakeTable table,
    OperationTables operations,
    Clock clock) {

  /** The last batch of the stream of which nothing is left to do. */
  long through() {
    return operations.ledger().lastBatch(spark, query.stream()).orElse(-1);
  }

  /** The number after all that the ledger has; a rewrite from there on is one that it lacks. */
  long next() {
    return recorded().orElse(-1) + 1;
  }

  private OptionalLong recorded() {
    return operations.ledger().lastBatch(spark, query.replay());
  }

  /**
   * Marks dead letters that no other run has marked.
   *
   * @param records their topic, partition and offset
   */
  void mark(Dataset<Row> records, String run) {
    Dataset<Row> marks =
        records.select(
            lit(query.stream()).as("query"),
            col("topic"),
            col("partition"),
            col("offset"),
            lit(Timestamp.from(clock.instant())).as("replayed_at"),
            lit(run).as("replayed_by"));
    operations
        .deadLetters()
        .update(marks, WaitingDeadLetters.PLACE, WaitingDeadLetters.waiting(through()));
  }

  /** How many a run has marked. */
  long marked(String run) {
    return marks(col("replayed_by").equalTo(run)).count();
  }

  private Dataset<Row> marks(Column which) {
    return operations
        .deadLetters()
        .read(spark)
        .where(col("query").equalTo(query.stream()).and(col("replayed_at").isNotNull()).and(which));
  }

  /**
   * Brings the ledger up to date with the marks, and with how many rows the table has.
   *
   * @return how many marks it did not have
   */
  long record() {
    long added = 0;
    while (true) {
      // In this order: who has recorded what is read next has taken the number after this one.
      long recorded = recorded().orElse(-1);
      long written = table.lastBatch(query.replay()).orElse(-1);
      List<ReplayedSpan> spans = unrecorded();
      long records = spans.stream().mapToLong(ReplayedSpan::records).sum();
      if (spans.isEmpty() || records == 0 && written <= recorded) {
        return added;
      }
      boolean isRecorded =
          operations
              .ledger()
              .appendReplayed(
                  spark,
                  query.pipeline(),
                  spans,
                  table.read(spark).count(),
                  clock.instant(),
                  // No number is left out, or else two could be given for the same marks.
                  new Commit(query.replay(), recorded + 1));
      added += isRecorded ? records : 0;
    }
  }

  /** Of each topic-partition that has marks; of none, where the ledger has all of them. */
  private List<ReplayedSpan> unrecorded() {
    Map<TopicPartition, Long> known = new HashMap<>();
    for (ReplayedSpan span : operations.ledger().replayed(spark, query.replay())) {
      known.put(new TopicPartition(span.topic(), span.partition()), span.records());
    }
    List<Row> marked =
        marks(lit(true))
            .groupBy("topic", "partition")
            .agg(min("offset"), count(lit(1)))
            .collectAsList();
    return marked.stream()
        .map(
            row ->
                new ReplayedSpan(
                    row.getString(0),
                    row.getInt(1),
                    row.getLong(2),
                    row.getLong(3)
                        - known.getOrDefault(
                            new TopicPartition(row.getString(0), row.getInt(1)), 0L)))
        .toList();
  }
}
