package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.LANDED_BATCH;
import static io.tidemark.schema.EventColumns.LANDED_BY;
import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.PARTITION;
import static io.tidemark.schema.EventColumns.TOPIC;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import io.tidemark.ops.OperationTables;
import io.tidemark.ops.ReplayedSpan;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What is written of a batch of replayed dead letters once its events are there: the marks on the
 * dead letters, then the ledger. Both are made from the events, so any process can make them.
 */
record ReplayBooks(
    SparkSession spark,
    LandingQuery query,
    LakeTable events,
    OperationTables operations,
    Clock clock) {

  /** The batch after all that have landed. */
  Commit next() {
    long landed = events.lastBatch(query.replay()).orElse(-1);
    long recorded = recorded().orElse(-1);
    return new Commit(query.replay(), Math.max(landed, recorded) + 1);
  }

  /** The last batch of the stream of which nothing is left to do. */
  long through() {
    return operations.ledger().lastBatch(spark, query.stream()).orElse(-1);
  }

  /**
   * Makes what is missing of the last batch whose events are there.
   *
   * @return how many events it has recorded
   */
  long finish() {
    OptionalLong last = events.lastBatch(query.replay());
    while (last.isPresent()) {
      Commit commit = new Commit(query.replay(), last.getAsLong());
      if (commit.isIn(recorded())) {
        return 0;
      }
      OptionalLong number = events.number(commit);
      if (number.isPresent()) {
        return finish(commit, number.getAsLong());
      }
      // Another process has finished it meanwhile, and landed the next.
      last = lastSince(commit);
    }
    return 0;
  }

  private OptionalLong recorded() {
    return operations.ledger().lastBatch(spark, query.replay());
  }

  private OptionalLong lastSince(Commit known) {
    OptionalLong last = events.lastBatch(known.query());
    if (last.equals(OptionalLong.of(known.batch()))) {
      throw new IllegalStateException(
          "Cannot tell under which number batch %d of %s landed in %s: its commit does not say so."
              .formatted(known.batch(), known.query(), events.name()));
    }
    return last;
  }

  private long finish(Commit commit, long number) {
    Dataset<Row> landed = events.read(spark).where(col(LANDED_BATCH).equalTo(number));
    operations
        .deadLetters()
        .update(
            marks(landed, number), WaitingDeadLetters.PLACE, WaitingDeadLetters.waiting(through()));
    List<ReplayedSpan> spans = spans(landed);
    boolean isRecorded =
        operations.ledger().append(spark, query.pipeline(), spans, number, clock.instant(), commit);
    return isRecorded ? spans.stream().mapToLong(ReplayedSpan::records).sum() : 0;
  }

  private Dataset<Row> marks(Dataset<Row> landed, long number) {
    return landed.select(
        lit(query.stream()).as("query"),
        col(TOPIC).as("topic"),
        col(PARTITION).as("partition"),
        col(OFFSET).as("offset"),
        lit(Timestamp.from(clock.instant())).as("replayed_at"),
        LandingQuery.runOf(col(LANDED_BY)).as("replayed_by"),
        lit(number).as("replayed_batch"));
  }

  private static List<ReplayedSpan> spans(Dataset<Row> landed) {
    return landed.groupBy(TOPIC, PARTITION).agg(min(OFFSET), count(lit(1))).collectAsList().stream()
        .map(
            row ->
                new ReplayedSpan(row.getString(0), row.getInt(1), row.getLong(2), row.getLong(3)))
        .toList();
  }
}
