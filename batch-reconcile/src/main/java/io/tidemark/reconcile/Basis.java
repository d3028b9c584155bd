package io.tidemark.reconcile;

import io.tidemark.ops.Seal;
import io.tidemark.view.Window;
import java.time.LocalDate;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a view is recomputed from: every table at one version.
 *
 * @param eventsVersion of the events table
 * @param eventsByDate deliveries per event date, counted no later than that version: an event that
 *     lands in between makes its date dirty once more, and is never missed
 * @param dimensionVersions of each dimension that the view reads
 * @param viewVersion of the SQL
 */
record Basis(
    long eventsVersion,
    SortedMap<LocalDate, Long> eventsByDate,
    Map<String, Long> dimensionVersions,
    String viewVersion) {
  Basis {
    eventsByDate = new TreeMap<>(eventsByDate);
    dimensionVersions = Map.copyOf(dimensionVersions);
  }

  /** Deliveries on every event date that counts in windows which start on this date. */
  long eventsInReach(LocalDate date, Window window) {
    return eventsByDate.subMap(date, window.lastEventDateOf(date).plusDays(1)).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }

  /** Whether a seal was made from the same events, dimensions and SQL. */
  boolean isThatOf(Seal seal, Window window) {
    return seal.events() == eventsInReach(seal.date(), window)
        && seal.dimensionVersions().equals(dimensionVersions)
        && seal.viewVersion().equals(viewVersion);
  }
}
