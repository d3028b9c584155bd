package io.tidemark.streaming;

import static java.util.stream.Collectors.toMap;

import io.tidemark.lake.LakeCluster;
import io.tidemark.landing.LandedBatch;
import io.tidemark.landing.Landing;
import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.TopicPartition;
import io.tidemark.ops.Ledger;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.table.Commit;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
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

  private static final int REMEMBERED = 1000;

  private final String query;
  private final KafkaTopic topic;
  private final Landing landing;
  private final Ledger ledger;
  private final Checkpoint checkpoint;
  private final LakeCluster cluster;
  private final boolean acceptLoss;
  private final TopicChange change;

  /** Up to where offsets were gone when somebody accepted that; empty if none were. */
  private Map<TopicPartition, Long> accepted = Map.of();

  private volatile long landed;
  private volatile long deadLetters;
  private volatile StreamingQuery running;

  /** When the last batches landed that had events, by number. */
  private final ConcurrentSkipListMap<Long, Instant> landedAt = new ConcurrentSkipListMap<>();

  /**
   * @param acceptLoss whether to go on where offsets are gone when it starts
   */
  LandJob(
      String query,
      TopicChange change,
      KafkaTopic topic,
      Landing landing,
      Ledger ledger,
      Checkpoint checkpoint,
      LakeCluster cluster,
      boolean acceptLoss) {
    this.query = query;
    this.change = change;
    this.topic = topic;
    this.landing = landing;
    this.ledger = ledger;
    this.checkpoint = checkpoint;
    this.cluster = cluster;
    this.acceptLoss = acceptLoss;
  }

  StreamingQuery start(SparkSession spark, Trigger trigger) throws TimeoutException {
    cluster.require(topic.environment().brokers(), topic.clusterId());
    checkpoint.requireTopic();
    CheckpointConsistency consistency =
        new CheckpointConsistency(query, topic, checkpoint, ledger.lastBatch(spark, query));
    consistency.requireTables();
    change.make(spark, acceptLoss);
    consistency.requireTopic(topic.id());
    accepted = accepted(gone());
    VoidFunction2<Dataset<Row>, Long> land = this::land;
    // The query's own thread inherits it from this one.
    spark.sparkContext().setLocalProperty(POOL, "landing");
    try {
      running =
          topic.stream(spark, !accepted.isEmpty())
              .writeStream()
              .queryName(query)
              .trigger(trigger)
              .option("checkpointLocation", checkpoint.location())
              .foreachBatch(land)
              .start();
      return running;
    } finally {
      spark.sparkContext().setLocalProperty(POOL, null);
    }
  }

  private Map<TopicPartition, Long> accepted(GoneOffsets gone) {
    if (!gone.isEmpty() && !acceptLoss) {
      throw gone.refusal(null);
    }
    return gone.spans().stream().collect(toMap(PlannedSpan::topicPartition, PlannedSpan::until));
  }

  /** What the batch to come, or one that has failed, wants and the topic has no more. */
  GoneOffsets gone() {
    return GoneOffsets.of(topic, checkpoint.wanted(), topic.extents());
  }

  private void land(Dataset<Row> records, long batch) {
    checkpoint.requireLease();
    long before = landed;
    LandedBatch done =
        landing.land(
            records,
            checkpoint.planned(batch),
            new Commit(query, batch),
            checkpoint.plannedAt(batch),
            () -> beginnings(batch));
    for (LedgerSpan span : done.spans()) {
      landed += span.events();
      deadLetters += span.deadLetters();
    }
    if (landed > before) {
      landedAt.put(done.number(), Instant.now());
      while (landedAt.size() > REMEMBERED) {
        landedAt.pollFirstEntry();
      }
    }
  }

  String query() {
    return query;
  }

  /** Goes on counting where an earlier one of the same query has ended. */
  LandJob after(Collection<LandJob> earlier) {
    for (LandJob job : earlier) {
      if (job.query.equals(query)) {
        landed += job.landed;
        deadLetters += job.deadLetters;
      }
    }
    return this;
  }

  /** What it has done since it was made. */
  StreamStanding.OfTopic standing() {
    return new StreamStanding.OfTopic(topic.name(), landed, deadLetters, Lag.of(running));
  }

  /**
   * When the first events landed that whoever has read so far has not; empty if it has all that
   * have landed since this was made.
   *
   * @param through the last number that was read, empty if none was
   */
  Optional<Instant> waitingSince(OptionalLong through) {
    return Optional.ofNullable(landedAt.higherEntry(through.orElse(-1))).map(Map.Entry::getValue);
  }

  /** Where partitions begin of which offsets are gone that the batch accounts for. */
  private Map<TopicPartition, Long> beginnings(long batch) {
    Map<TopicPartition, Long> beginnings = new HashMap<>(accepted);
    if (batch == 0) {
      checkpoint.beginning().forEach((place, first) -> beginnings.merge(place, first, Math::max));
    }
    if (!accepted.isEmpty()) {
      requireNoMoreGone(batch);
    }
    return beginnings;
  }

  /** Spark passes over what is gone without an error then, also over what nobody has accepted. */
  private void requireNoMoreGone(long batch) {
    Map<TopicPartition, Long> read = new HashMap<>();
    for (PlannedSpan span : checkpoint.planned(batch)) {
      TopicPartition place = span.topicPartition();
      read.put(place, Math.max(span.from(), accepted.getOrDefault(place, 0L)));
    }
    Map<TopicPartition, PlannedSpan> extents = topic.extents();
    extents.keySet().retainAll(read.keySet());
    GoneOffsets gone = GoneOffsets.of(topic, read, extents);
    if (!gone.isEmpty()) {
      throw gone.refusal(null);
    }
  }
}
