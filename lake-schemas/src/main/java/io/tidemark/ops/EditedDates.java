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
 */
public record EditedDates(long looks, SortedMap<LocalDate, Long> byDate, OptionalLong anyDate) {
  public static final EditedDates NONE =
      new EditedDates(-1, Collections.emptySortedMap(), OptionalLong.empty());

  public EditedDates {
    byDate = Collections.unmodifiableSortedMap(new TreeMap<>(byDate));
  }

  /**
   * Whether one of the dates was edited.
   *
   * @param from the first date
   * @param to the last date
   * @param look after which; empty for ever
   */
  public boolean any(LocalDate from, LocalDate to, OptionalLong look) {
    long seen = look.orElse(-1);
    return anyDate.orElse(-1) > seen
        || byDate.subMap(from, to.plusDays(1)).values().stream().anyMatch(found -> found > seen);
  }
}
