package io.tidemark.local.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What a topic holds before a replay. */
final class EarlierRecords implements AutoCloseable {
  private static final Duration MOMENT = Duration.ofMillis(500);

  private final String topic;
  private final KafkaConsumer<byte[], byte[]> consumer;

  EarlierRecords(String topic, Map<String, Object> clientSettings) {
    this.topic = topic;
    Map<String, Object> settings = new HashMap<>(clientSettings);
    settings.remove(ConsumerConfig.GROUP_ID_CONFIG);
    settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** All records of a file that are there, in no order. */
  Set<Origin> of(long file) {
    Set<Origin> sent = new HashSet<>();
    for (TopicPartition partition : partitions()) {
      read(
          partition,
          record -> {
            Origin.of(record.headers())
                .filter(origin -> origin.file() == file)
                .ifPresent(sent::add);
            return true;
          });
    }
    return sent;
  }

  /**
   * Whether a file that numbers its lines must mark its event ids, because another one has had the
   * bare ones: the first that was replayed onto the topic, which stands first in its partitions.
   *
   * @throws IllegalStateException if the topic does not say
   */
  boolean needMark(long file) {
    List<Optional<Origin>> first = new ArrayList<>();
    for (TopicPartition partition : partitions()) {
      read(
          partition,
          record -> {
            first.add(Origin.of(record.headers()));
            return false;
          });
    }
    if (first.isEmpty()) {
      return false;
    }
    Optional<Origin> bare =
        first.stream().flatMap(Optional::stream).filter(origin -> !origin.isMarked()).findFirst();
    if (bare.isPresent()) {
      return bare.get().file() != file;
    }
    if (first.stream().allMatch(Optional::isPresent)) {
      return true;
    }
    throw new IllegalStateException(
        "Cannot number the lines of this file for topic '%s': it has records that do not name their file, so their line numbers may belong to another file. Replay onto a new topic. If line n of a group means the same in every file, set 'per-file: false' under replay.line-number in pipeline.yaml"
            .formatted(topic));
  }

  @Override
  public void close() {
    consumer.close();
  }

  private List<TopicPartition> partitions() {
    return consumer.partitionsFor(topic).stream()
        .map(partition -> new TopicPartition(topic, partition.partition()))
        .toList();
  }

  /** From the first record to what is the last one now, or until nobody wants more. */
  private void read(TopicPartition partition, Predicate<ConsumerRecord<byte[], byte[]>> more) {
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    long end = consumer.endOffsets(List.of(partition)).get(partition);
    while (consumer.position(partition) < end) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(MOMENT)) {
        if (!more.test(record)) {
          return;
        }
      }
    }
  }
}
