package io.tidemark.reconcile;

import io.tidemark.table.LakeTable;
import io.tidemark.view.Window;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An events table at one version.
 *
 * @param byDate deliveries per event date, counted no later than that version: an event that lands
 *     in between makes its date dirty once more, and is never missed
 */
record EventsBasis(long version, SortedMap<LocalDate, Long> byDate) {
  EventsBasis {
    byDate = new TreeMap<>(byDate);
  }

  /** As the table is now. Counts first, so that they are never of more than the version. */
  static EventsBasis of(LakeTable events) {
    SortedMap<LocalDate, Long> byDate = events.countsByDate();
    return new EventsBasis(events.version(), byDate);
  }

  /** Deliveries on every event date that counts in windows which start on this date. */
  long inReach(LocalDate date, Window window) {
    return byDate.subMap(date, window.lastEventDateOf(date).plusDays(1)).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
