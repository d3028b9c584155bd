package io.tidemark.status;

import io.tidemark.ops.EditedDates;
import io.tidemark.ops.Edits;
import io.tidemark.table.LakeTable;
import io.tidemark.view.Window;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * An events table at one version.
 *
 * @param byDate deliveries per event date at that version: no more and no fewer than what a
 *     recomputation reads, since checks of quality are held to be about as many
 * @param edits through that version
 */
public record EventsSnapshot(long version, SortedMap<LocalDate, Long> byDate, EditedDates edits) {
  public EventsSnapshot {
    byDate = new TreeMap<>(byDate);
  }

  /** Of a table that nobody has edited. */
  public EventsSnapshot(long version, SortedMap<LocalDate, Long> byDate) {
    this(version, byDate, EditedDates.NONE);
  }

  /** As the table is now. */
  public static EventsSnapshot of(LakeTable events) {
    long version = events.version();
    return new EventsSnapshot(version, events.countsByDate(version));
  }

  /** The same, with what was edited. */
  public static EventsSnapshot of(LakeTable events, Function<LakeTable, Edits.Look> look) {
    Edits.Look looked = look.apply(events);
    return new EventsSnapshot(
        looked.version(), events.countsByDate(looked.version()), looked.dates());
  }

  /** Deliveries on every event date that counts in windows which start on this date. */
  public long inReach(LocalDate date, Window window) {
    return byDate.subMap(date, window.lastEventDateOf(date).plusDays(1)).values().stream()
        .mapToLong(Long::longValue)
        .sum();
  }
}
