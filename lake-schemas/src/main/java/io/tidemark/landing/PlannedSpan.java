package io.tidemark.landing;

import io.tidemark.ops.LedgerSpan;
import java.util.Map;

/**
 * The offsets of one topic-partition that a batch is to read: [from, until).
 *
 * @param topicPartition where
 * @param from the first offset
 * @param until one past the last offset
 */
public record PlannedSpan(TopicPartition topicPartition, long from, long until) {

  /**
   * The ledger's row: offsets of the span that held no record are missing, or lost if they are
   * before the first that there is.
   *
   * @param beginning of the topic-partition
   */
  LedgerSpan settle(Map<TopicPartition, Outcomes.Count> counted, long beginning) {
    Outcomes.Count count = counted.getOrDefault(topicPartition, Outcomes.Count.NONE);
    long unread = until - from - count.events() - count.deadLetters();
    if (unread < 0) {
      throw new IllegalStateException(
          "Cannot balance the ledger: %s read %d records from %d offsets [%d, %d). The checkpoint does not belong to this topic."
              .formatted(
                  topicPartition, count.events() + count.deadLetters(), until - from, from, until));
    }
    long gone = Math.max(0, Math.min(until, beginning) - from);
    // An earlier try of the batch may have landed some that are gone by now.
    long lost = Math.min(gone, unread);
    return new LedgerSpan(
        topicPartition.topic(),
        topicPartition.partition(),
        from,
        until,
        count.events(),
        count.deadLetters(),
        unread - lost,
        lost);
  }
}
