package io.tidemark.streaming;

import io.tidemark.landing.Landing;
import io.tidemark.ops.Ledger;
import io.tidemark.table.Commit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;

/** Reads one topic, once, and lands every batch of it. */
final class LandJob {
  /** Landing has a share of the cores to itself: in one queue with the refreshes it would wait. */
  private static final String POOL = "spark.scheduler.pool";

  private final String query;
  private final KafkaTopic topic;
  private final Landing landing;
  private final Ledger ledger;
  private final Checkpoint checkpoint;

  LandJob(String query, KafkaTopic topic, Landing landing, Ledger ledger, Checkpoint checkpoint) {
    this.query = query;
    this.topic = topic;
    this.landing = landing;
    this.ledger = ledger;
    this.checkpoint = checkpoint;
  }

  StreamingQuery start(SparkSession spark, Trigger trigger) throws TimeoutException {
    new Belonging(query, topic, checkpoint, ledger.lastBatch(spark, query)).require(topic.id());
    VoidFunction2<Dataset<Row>, Long> land = this::land;
    // The query's own thread inherits it from this one.
    spark.sparkContext().setLocalProperty(POOL, "landing");
    try {
      return topic.stream(spark)
          .writeStream()
          .queryName(query)
          .trigger(trigger)
          .option("checkpointLocation", checkpoint.location())
          .foreachBatch(land)
          .start();
    } finally {
      spark.sparkContext().setLocalProperty(POOL, null);
    }
  }

  private void land(Dataset<Row> records, long batch) {
    landing.land(
        records, checkpoint.planned(batch), new Commit(query, batch), checkpoint.plannedAt(batch));
  }
}
