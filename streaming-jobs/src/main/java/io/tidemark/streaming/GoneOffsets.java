package io.tidemark.streaming;

import static java.util.Comparator.comparing;

import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.TopicPartition;
import io.tidemark.output.NamedCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Offsets that landing wants next and the topic has no more: retention has passed them, or somebody
 * has deleted records.
 *
 * @param topic where they were
 * @param spans one for each topic-partition that has any
 */
record GoneOffsets(KafkaTopic topic, List<PlannedSpan> spans) {
  GoneOffsets {
    spans = spans.stream().sorted(comparing(span -> span.topicPartition().partition())).toList();
  }

  /**
   * @param wanted where landing goes on, see {@link Checkpoint#wanted}
   * @param extents the offsets that the topic's partitions have now
   * @throws IllegalStateException if the topic ends before: what was landed is gone from its end
   */
  static GoneOffsets of(
      KafkaTopic topic,
      Map<TopicPartition, Long> wanted,
      Map<TopicPartition, PlannedSpan> extents) {
    List<PlannedSpan> gone = new ArrayList<>();
    if (!wanted.isEmpty()) {
      refuseShorter(topic, wanted, extents);
      extents.forEach(
          (place, extent) -> {
            // A partition that was added to the topic is read from its first offset.
            long from = wanted.getOrDefault(place, 0L);
            if (extent.from() > from) {
              gone.add(new PlannedSpan(place, from, extent.from()));
            }
          });
    }
    return new GoneOffsets(topic, gone);
  }

  private static void refuseShorter(
      KafkaTopic topic,
      Map<TopicPartition, Long> wanted,
      Map<TopicPartition, PlannedSpan> extents) {
    wanted.forEach(
        (place, from) -> {
          PlannedSpan extent = extents.get(place);
          if (extent == null || extent.until() < from) {
            throw new IllegalStateException(
                "Cannot go on landing topic '%s': its partition %d %s, but had landed up to offset %d. New records may reuse offsets that have landed. Let producers send to a topic with another name, name it in the pipeline file, and start once with %s"
                    .formatted(
                        topic.name(),
                        place.partition(),
                        extent == null ? "is gone" : "ends with offset " + extent.until(),
                        from,
                        NamedCommand.of("stream --accept-loss")));
          }
        });
  }

  boolean isEmpty() {
    return spans.isEmpty();
  }

  /** Says what is gone, and the one step that goes on. */
  IllegalStateException refusal(Throwable cause) {
    return new IllegalStateException(
        "Cannot go on landing topic '%s': %s %s gone from %s before landing. Retention or a person deleted the records. Give the topic a longer retention. To go on without these records and count them as lost, start once with %s"
            .formatted(
                topic.name(),
                spans.stream().map(GoneOffsets::text).collect(Collectors.joining(", ")),
                spans.size() == 1 ? "is" : "are",
                topic.environment().brokers(),
                NamedCommand.of("stream --accept-loss")),
        cause);
  }

  private static String text(PlannedSpan span) {
    return "the range [%d, %d) of partition %d"
        .formatted(span.from(), span.until(), span.topicPartition().partition());
  }
}
