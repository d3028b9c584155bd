package io.tidemark.reconcile;

import io.tidemark.ops.Reconciliation;
import java.time.LocalDate;
import java.util.List;

/**
 * Two deliveries of one event id that are not the same fact.
 *
 * @param date of one that counts among what was reconciled
 * @param first topic, partition and offset of the one that landed first
 * @param other those of the other
 * @param differs the columns of the events table
 */
public record Conflict(
    String eventId, LocalDate date, String first, String other, List<String> differs) {
  public Conflict {
    differs = List.copyOf(differs);
  }

  /** As {@code ops.reconciliations} has it. */
  Reconciliation.Example example() {
    return new Reconciliation.Example(eventId, first, other, differs);
  }

  @Override
  public String toString() {
    return example().toString();
  }
}
