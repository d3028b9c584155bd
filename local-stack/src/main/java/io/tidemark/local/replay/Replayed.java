package io.tidemark.local.replay;

import java.util.Map;

/**
 * What a replay delivered.
 *
 * @param delivered all records
 * @param delayed events that arrived after their time
 * @param byKind records of each kind, in the kinds' order
 * @param there records that were on the topic already, and were not sent again
 * @param isComplete whether it came to its end
 */
public record Replayed(
    long delivered, long delayed, Map<DeliveryKind, Long> byKind, long there, boolean isComplete) {
  public long of(DeliveryKind kind) {
    return byKind.getOrDefault(kind, 0L);
  }

  public long corrupt() {
    return byKind.keySet().stream().filter(DeliveryKind::isCorrupt).mapToLong(this::of).sum();
  }
}
