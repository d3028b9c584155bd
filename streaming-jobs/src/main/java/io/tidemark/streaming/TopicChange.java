package io.tidemark.streaming;

import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.TopicPartition;
import io.tidemark.ops.Ledger;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.output.NamedCommand;
import io.tidemark.table.Commit;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that come from a topic of another name from now on: landing goes on with its first record,
 * in a batch of its own number, since batches tell the order of deliveries. A batch without records
 * stands between the two topics, in the checkpoint and in the ledger.
 *
 * @param topic that the pipeline file names
 */
record TopicChange(
    String pipeline,
    String query,
    KafkaTopic topic,
    Checkpoint checkpoint,
    Ledger ledger,
    boolean keepsAll,
    Clock clock) {
  private static final Logger LOG = LoggerFactory.getLogger(TopicChange.class);

  /**
   * Makes the change if there is one and somebody has accepted it. A crash on the way leaves it to
   * be ended by the next start.
   *
   * @throws IllegalStateException if it was not accepted, or cannot be made
   */
  void make(SparkSession spark, boolean accepted) {
    if (checkpoint.isEmpty()) {
      return;
    }
    long last = checkpoint.lastPlanned().getAsLong();
    if (!checkpoint.topicName(last).equals(topic.name())) {
      begin(spark, last, accepted);
      end(spark, last + 1);
    } else if (isBegun(last)) {
      end(spark, last);
    }
  }

  /** The batch between two topics is planned, and nothing is known of its end. */
  private boolean isBegun(long batch) {
    return batch > 0
        && checkpoint.lastCommitted().orElse(-1) == batch - 1
        && !checkpoint.topicName(batch - 1).equals(topic.name());
  }

  private void begin(SparkSession spark, long last, boolean accepted) {
    String former = checkpoint.topicName(last);
    if (!keepsAll) {
      throw refusal(
          former,
          "the offsets of a dimension's rows must all be from one topic. Give the dimension another name");
    }
    if (checkpoint.lastCommitted().orElse(-1) != last) {
      throw refusal(
          former,
          "batch %d of topic '%s' is not done. Name that topic once more, run %s, then change it"
              .formatted(last, former, NamedCommand.of("stream --once")));
    }
    if (ledger.topics(spark, query).contains(topic.name())) {
      throw refusal(
          former,
          "offsets of topic '%s' are in the ledger already. Name a topic of which nothing has landed"
              .formatted(topic.name()));
    }
    if (!accepted) {
      throw refusal(
          former,
          "records left on topic '%s' would not land. To count them as lost and go on with the first record of topic '%s', start once with %s"
              .formatted(former, topic.name(), NamedCommand.of("stream --accept-loss")));
    }
    Map<TopicPartition, Long> beginning = new HashMap<>();
    topic.extents().forEach((place, extent) -> beginning.put(place, extent.from()));
    LOG.warn("{} goes on with topic {} after {}", query, topic.name(), former);
    checkpoint.plan(last + 1, beginning);
  }

  private IllegalStateException refusal(String former, String why) {
    return new IllegalStateException(
        "Cannot start %s with topic '%s': it has landed topic '%s', and %s."
            .formatted(query, topic.name(), former, why));
  }

  private void end(SparkSession spark, long batch) {
    List<LedgerSpan> spans = new ArrayList<>(left(batch - 1));
    checkpoint
        .ends(batch)
        .forEach(
            (place, from) ->
                spans.add(
                    new LedgerSpan(place.topic(), place.partition(), 0, from, 0, 0, 0, from)));
    ledger.append(spark, pipeline, spans, clock.instant(), new Commit(query, batch));
    topic.id().ifPresent(checkpoint::keepTopic);
    checkpoint.commit(batch);
  }

  /** What the former topic has and nobody will land, if it is still the one that was landed. */
  private List<LedgerSpan> left(long batch) {
    KafkaTopic former = topic.named(checkpoint.topicName(batch));
    Optional<String> id = former.idIfPresent();
    if (id.isEmpty() || !id.equals(checkpoint.topic())) {
      return List.of();
    }
    Map<TopicPartition, Long> landed = checkpoint.ends(batch);
    List<LedgerSpan> left = new ArrayList<>();
    for (PlannedSpan extent : former.extents().values()) {
      TopicPartition place = extent.topicPartition();
      long from = landed.getOrDefault(place, 0L);
      if (extent.until() > from) {
        left.add(
            new LedgerSpan(
                place.topic(),
                place.partition(),
                from,
                extent.until(),
                0,
                0,
                0,
                extent.until() - from));
      }
    }
    return left;
  }
}
