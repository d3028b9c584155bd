package io.tidemark.landing;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.table.Commit;
import java.sql.Timestamp;
import java.time.Instant;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Records that could not become events, as rows of {@code ops.dead_letters}. */
final class DeadLetters {
  private DeadLetters() {}

  /**
   * @param refused Kafka's columns and {@code decoded}. One that decodes after all was refused by
   *     an earlier try of its batch, which has committed the others: it stays a dead letter, and
   *     can be replayed
   */
  static Dataset<Row> of(Dataset<Row> refused, String pipeline, Commit commit, Instant landedAt) {
    return refused.select(
        lit(pipeline).as("pipeline"),
        lit(commit.query()).as("query"),
        lit(commit.batch()).as("batch"),
        col("topic"),
        col("partition"),
        col("offset"),
        col("timestamp"),
        col("key"),
        col("value"),
        col("decoded.schema_id").as("schema_id"),
        coalesce(col("decoded.stage"), lit("schema")).as("stage"),
        coalesce(col("decoded.reason"), lit("refused-at-first")).as("reason"),
        col("decoded.message").as("message"),
        lit(Timestamp.from(landedAt)).as("landed_at"));
  }
}
