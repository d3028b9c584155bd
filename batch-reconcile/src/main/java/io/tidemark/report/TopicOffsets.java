package io.tidemark.report;

import io.tidemark.lake.LakeCluster;
import io.tidemark.pipeline.Environment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Asks the broker how far topics reach. */
final class TopicOffsets {
  /** Long enough for a broker that is there. */
  private static final String PATIENCE = "5000";

  private TopicOffsets() {}

  /** The offsets that a topic-partition has to read now: [first, end). */
  record Span(String topic, int partition, long first, long end) {}

  /** The broker does not answer, or is not the lake's. */
  static final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Every partition of the topics, ordered by topic and partition.
   *
   * @param cluster that they are to be of
   * @param landed the id of each topic that was landed, where it is known
   * @param problems takes those topics that are not there, or are not those that were landed
   */
  static Collection<Span> of(
      Environment environment,
      LakeCluster cluster,
      Collection<String> topics,
      Map<String, String> landed,
      Collection<String> problems)
      throws UnreachableException {
    if (!Listeners.any(environment.brokers())) {
      throw unreachable(environment, topics, "No broker listens there.", null);
    }
    Map<String, Object> properties = new HashMap<>(environment.kafka());
    properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, environment.brokers());
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, PATIENCE);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, PATIENCE);
    try (Admin admin = Admin.create(properties)) {
      requireCluster(cluster, environment, admin);
      Map<TopicPartition, OffsetSpec> first = new HashMap<>();
      Map<TopicPartition, OffsetSpec> end = new HashMap<>();
      for (TopicDescription topic : present(admin, topics, problems)) {
        other(topic, landed).ifPresent(problems::add);
        topic
            .partitions()
            .forEach(
                partition -> {
                  var place = new TopicPartition(topic.name(), partition.partition());
                  first.put(place, OffsetSpec.earliest());
                  end.put(place, OffsetSpec.latest());
                });
      }
      ListOffsetsOptions committed = new ListOffsetsOptions(isolationLevel(environment));
      Map<TopicPartition, ListOffsetsResultInfo> firsts = admin.listOffsets(first).all().get();
      Map<TopicPartition, ListOffsetsResultInfo> ends =
          admin.listOffsets(end, committed).all().get();
      SortedMap<String, Span> spans = new TreeMap<>();
      ends.forEach(
          (place, offset) ->
              spans.put(
                  "%s %08d".formatted(place.topic(), place.partition()),
                  new Span(
                      place.topic(),
                      place.partition(),
                      firsts.get(place).offset(),
                      offset.offset())));
      return spans.values();
    } catch (ExecutionException | KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw unreachable(environment, topics, sentence(cause.getMessage()), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnreachableException(
          "Cannot ask %s for offsets: interrupted".formatted(environment.brokers()), e);
    }
  }

  private static UnreachableException unreachable(
      Environment environment, Collection<String> topics, String why, Throwable cause) {
    return new UnreachableException(
        "Cannot ask %s for the offsets of %s, so the lag is unknown: %s Start the broker ('./tidemark up' for a local lake), or check 'brokers' in the environment file."
            .formatted(environment.brokers(), topics, why),
        cause);
  }

  /** As landing has it: what an open transaction holds back is not behind. */
  private static IsolationLevel isolationLevel(Environment environment) {
    return environment.isolationLevel().equalsIgnoreCase("read_uncommitted")
        ? IsolationLevel.READ_UNCOMMITTED
        : IsolationLevel.READ_COMMITTED;
  }

  private static void requireCluster(LakeCluster cluster, Environment environment, Admin admin)
      throws UnreachableException, ExecutionException, InterruptedException {
    Optional<String> mismatch =
        cluster.mismatch(environment.brokers(), admin.describeCluster().clusterId().get());
    if (mismatch.isPresent()) {
      throw new UnreachableException(mismatch.get(), null);
    }
  }

  private static Optional<String> other(TopicDescription topic, Map<String, String> landed) {
    return Optional.ofNullable(landed.get(topic.name()))
        .filter(id -> !topic.topicId().equals(Uuid.ZERO_UUID))
        .filter(id -> !id.equals(topic.topicId().toString()))
        .map(
            id ->
                "Topic '%s' is not the topic that landed before: it was re-created, or the pipeline file names another one. 'stream' refuses it and says how to go on."
                    .formatted(topic.name()));
  }

  private static List<TopicDescription> present(
      Admin admin, Collection<String> topics, Collection<String> problems)
      throws ExecutionException, InterruptedException {
    List<TopicDescription> present = new ArrayList<>();
    for (var topic : admin.describeTopics(topics).topicNameValues().entrySet()) {
      try {
        present.add(topic.getValue().get());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw e;
        }
        problems.add(
            "Topic '%s' does not exist yet. Create it, or let a producer or './tidemark replay' create it."
                .formatted(topic.getKey()));
      }
    }
    return present;
  }

  private static String sentence(String message) {
    String said = String.valueOf(message);
    return said.endsWith(".") ? said : said + ".";
  }
}
