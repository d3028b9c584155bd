package io.tidemark.streaming;

import io.tidemark.landing.Landing;
import io.tidemark.ops.Ledger;
import io.tidemark.table.Commit;
import java.util.Optional;
import java.util.OptionalLong;
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
    refuseOtherTopic(topic.id());
    refuseLostCheckpoint();
    refuseLostTables();
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

  /**
   * A new checkpoint would count from batch 0 again, whose commits the tables hold already: all of
   * it would be skipped.
   */
  private void refuseLostCheckpoint() {
    OptionalLong landed = ledger.lastBatch(query);
    if (landed.isPresent() && checkpoint.isEmpty()) {
      throw new IllegalStateException(
          "Cannot start %s: its checkpoint %s is empty, but the ledger has its batches up to %d. Put the checkpoint back, or name the right checkpoints folder in the environment file."
              .formatted(query, checkpoint.location(), landed.getAsLong()));
    }
  }

  /**
   * The ledger is written before Spark calls a batch committed. One that lacks such a batch is of
   * another warehouse, which would never get what landed before.
   */
  private void refuseLostTables() {
    OptionalLong committed = checkpoint.lastCommitted();
    long landed = ledger.lastBatch(query).orElse(-1);
    if (committed.isPresent() && committed.getAsLong() > landed) {
      throw new IllegalStateException(
          "Cannot start %s: its checkpoint %s has landed its batches up to %d, but the ledger ends at %d. Put the warehouse back, or name the right one in the environment file; to land the topic anew in this one, name another checkpoints folder."
              .formatted(query, checkpoint.location(), committed.getAsLong(), landed));
    }
  }

  /** Offsets of another topic mean other records. */
  private void refuseOtherTopic(Optional<String> id) {
    if (id.isEmpty()) {
      return;
    }
    Optional<String> known = checkpoint.topic();
    if (known.isEmpty()) {
      checkpoint.keepTopic(id.get());
    } else if (!known.equals(id)) {
      throw new IllegalStateException(
          "Cannot start %s: topic '%s' of %s is another than the one that landed so far, made anew or on another cluster (its id is %s, not %s). Name the right brokers in the environment file; to land this one too, give the events another name in the pipeline file."
              .formatted(
                  query, topic.name(), topic.environment().brokers(), id.get(), known.get()));
    }
  }

  private void land(Dataset<Row> records, long batch) {
    landing.land(records, checkpoint.planned(batch), new Commit(query, batch));
  }
}
