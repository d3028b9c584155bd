package io.tidemark.report;

import io.tidemark.ops.LedgerSpan;
import io.tidemark.output.NamedCommand;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How far a topic is landed. Offsets are sums over its partitions.
 *
 * @param end one past the last offset, null if the broker was not asked, did not answer or has no
 *     such topic
 * @param landed one past the last offset landed
 * @param lag offsets not landed yet, null like {@code end}
 * @param newestEvent the time of the newest event that has landed, null if there is none, of a
 *     dimension, or of a topic that the pipeline does not name any more
 */
public record TopicStatus(
    String topic,
    Long end,
    long landed,
    Long lag,
    long events,
    long deadLetters,
    long missing,
    long lost,
    Instant newestEvent) {

  /**
   * @param landed one span per topic-partition
   * @param offered what the broker has, empty if it does not answer
   * @param newest the time of the newest event of each topic that has one
   */
  static List<TopicStatus> of(
      Collection<String> topics,
      List<LedgerSpan> landed,
      Optional<Collection<TopicOffsets.Span>> offered,
      Map<String, Instant> newest) {
    List<TopicStatus> statuses = new ArrayList<>();
    for (String topic : topics) {
      List<LedgerSpan> spans = landed.stream().filter(s -> s.topic().equals(topic)).toList();
      Long end = null;
      Long lag = null;
      for (TopicOffsets.Span span : offered.orElse(List.of())) {
        if (span.topic().equals(topic)) {
          end = (end == null ? 0 : end) + span.end();
          lag = (lag == null ? 0 : lag) + span.end() - reached(spans, span);
        }
      }
      statuses.add(
          new TopicStatus(
              topic,
              end,
              spans.stream().mapToLong(LedgerSpan::until).sum(),
              lag,
              spans.stream().mapToLong(LedgerSpan::events).sum(),
              spans.stream().mapToLong(LedgerSpan::deadLetters).sum(),
              spans.stream().mapToLong(LedgerSpan::missing).sum(),
              spans.stream().mapToLong(LedgerSpan::lost).sum(),
              newest.get(topic)));
    }
    return statuses;
  }

  /** What is gone from the topics before it was landed, in words. */
  static List<String> gone(List<LedgerSpan> landed, Collection<TopicOffsets.Span> offered) {
    List<String> gone = new ArrayList<>();
    for (TopicOffsets.Span span : offered) {
      landed.stream()
          .filter(l -> l.topic().equals(span.topic()) && l.partition() == span.partition())
          .filter(l -> l.until() < span.first())
          .map(
              l ->
                  "%s-%d: offsets [%d, %d) were gone before they landed, so 'stream' stops there. To go on without them: %s"
                      .formatted(
                          l.topic(),
                          l.partition(),
                          l.until(),
                          span.first(),
                          NamedCommand.of("stream --accept-loss")))
          .forEach(gone::add);
    }
    return gone;
  }

  private static long reached(List<LedgerSpan> landed, TopicOffsets.Span offered) {
    return landed.stream()
        .filter(span -> span.partition() == offered.partition())
        .mapToLong(LedgerSpan::until)
        .findFirst()
        .orElse(offered.first());
  }
}
