package io.tidemark.landing;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.schema.KafkaColumns;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Records that could not become events, as rows of {@code ops.dead_letters}.
 *
 * @param table that it is
 */
public record DeadLetters(LakeTable table, String pipeline, Instant landedAt) {

  /**
   * Writes the refused ones of some records as they were judged while the others were written.
   *
   * @param records Kafka's columns; read once more, if any is refused
   * @return how many were written
   */
  Map<TopicPartition, Long> append(
      Dataset<Row> records, int tasks, Verdicts verdicts, Commit commit) {
    if (!verdicts.hasRefused()) {
      return Map.of();
    }
    SparkSession spark = records.sparkSession();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<Verdicts> sent = context.broadcast(verdicts.sorted());
    Found found = Found.register(spark.sparkContext());
    RefusedRecords.Target target =
        new RefusedRecords.Target(
            pipeline, commit, landedAt, table.definition().columns(), records.schema());
    RDD<InternalRow> rows =
        RawRows.of(records)
            .toJavaRDD()
            .coalesce(tasks)
            .mapPartitions(task -> new RefusedRecords(task, target, sent.value(), found))
            .rdd();
    Dataset<Row> refused = RawRows.dataset(spark, rows, table.definition().columns());
    try {
      return table.append(refused, commit) ? found.counts() : written(spark, commit);
    } finally {
      sent.destroy();
    }
  }

  /**
   * Writes records that no verdict of their first try is known of.
   *
   * @param refused Kafka's columns and {@code decoded}. One that decodes after all was refused by
   *     an earlier try of its batch, which has committed the others: it stays a dead letter, and
   *     can be replayed
   * @param identity of the write
   * @param commit in which the records land
   */
  void append(Dataset<Row> refused, Commit identity, Commit commit) {
    if (!identity.isIn(table.lastBatch(identity.query())) && !refused.isEmpty()) {
      table.append(rows(refused, commit), identity);
    }
  }

  private Dataset<Row> rows(Dataset<Row> refused, Commit commit) {
    KafkaColumns kafka = KafkaColumns.of(refused.schema());
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
        lit(Timestamp.from(landedAt)).as("landed_at"),
        optional(kafka.timestampTypeName(), "timestamp_type"),
        optional(kafka.hasHeaders() ? col(KafkaColumns.HEADERS) : lit(null), "headers"));
  }

  private Column optional(Column value, String name) {
    return value.cast(table.definition().columns().apply(name).dataType()).as(name);
  }

  /**
   * Writes the refused ones, before the others are written. What an earlier try of the batch has
   * refused stays refused, whatever is found of it now.
   *
   * @return the records without those that an earlier try has refused
   */
  public JudgedRecords refuse(JudgedRecords judged, Commit commit) {
    if (!commit.isIn(table.lastBatch(commit.query()))) {
      append(judged.refused(), commit, commit);
      return judged;
    }
    JudgedRecords others =
        judged.without(offsets(judged.records().sparkSession(), commit).localCheckpoint(true));
    // A registry can forget: then some are refused that were not before.
    String query = commit.query() + ".more";
    append(others.refused(), new Commit(query, table.lastBatch(query).orElse(-1) + 1), commit);
    return others;
  }

  /** Topic, partition and offset of what was written of a batch. */
  Dataset<Row> offsets(SparkSession spark, Commit commit) {
    return table
        .read(spark)
        .where(col("query").equalTo(commit.query()).and(col("batch").equalTo(lit(commit.batch()))))
        .select("topic", "partition", "offset");
  }

  /** How many were written of a batch. */
  public Map<TopicPartition, Long> written(SparkSession spark, Commit commit) {
    return Outcomes.byPartition(
        offsets(spark, commit).groupBy("topic", "partition").count().collectAsList());
  }
}
