package io.tidemark.reconcile;

import java.util.List;

/**
 * Two deliveries of one event id that are not the same fact.
 *
 * @param first topic, partition and offset of the one that landed first
 * @param other those of the other
 * @param differs the columns of the events table
 */
public record Conflict(String eventId, String first, String other, List<String> differs) {
  public Conflict {
    differs = List.copyOf(differs);
  }

  @Override
  public String toString() {
    return "'%s': %s and %s differ in %s"
        .formatted(eventId, first, other, String.join(", ", differs));
  }
}
