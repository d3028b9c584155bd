package io.tidemark.ops;

import java.time.LocalDate;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which dates of an events table were edited: changed other than by appending. Looks for edits are
 * numbered, so that what was found later is told from earlier without any clock.
 *
 * @param looks the number of the last one, -1 if there was none
 * @param byDate of each edited date the last look that found an edit of it
 * @param anyDate the last look after which nobody can say which dates were edited
 * @param erased of each date of which {@code forget} has erased events the last look that found it
 */
public record EditedDates(
    long looks,
    SortedMap<LocalDate, Long> byDate,
    OptionalLong anyDate,
    SortedMap<LocalDate, Long> erased) {
  public static final EditedDates NONE =
      new EditedDates(-1, Collections.emptySortedMap(), OptionalLong.empty());

  public EditedDates {
    byDate = Collections.unmodifiableSortedMap(new TreeMap<>(byDate));
    erased = Collections.unmodifiableSortedMap(new TreeMap<>(erased));
  }

  /** For whom what was erased is an edit like any other. */
  public EditedDates(long looks, SortedMap<LocalDate, Long> byDate, OptionalLong anyDate) {
    this(looks, byDate, anyDate, Collections.emptySortedMap());
  }

  /** Whether one of the dates was edited, or something of it erased. */
  public boolean any(LocalDate from, LocalDate to, OptionalLong look) {
    return anyEdited(from, to, look) || anyErased(from, to, look);
  }

  /** The same of what was erased alone. */
  public boolean anyErased(LocalDate from, LocalDate to, OptionalLong look) {
    return any(erased, from, to, look.orElse(-1));
  }

  /**
   * Whether one of the dates was edited.
   *
   * @param from the first date
   * @param to the last date
   * @param look after which; empty for ever
   */
  public boolean anyEdited(LocalDate from, LocalDate to, OptionalLong look) {
    long seen = look.orElse(-1);
    return anyDate.orElse(-1) > seen || any(byDate, from, to, seen);
  }

  private static boolean any(
      SortedMap<LocalDate, Long> looks, LocalDate from, LocalDate to, long seen) {
    return looks.subMap(from, to.plusDays(1)).values().stream().anyMatch(found -> found > seen);
  }
}
