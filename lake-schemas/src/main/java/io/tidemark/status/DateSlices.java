package io.tidemark.status;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * How many dates are recomputed at a time, so that a long history takes no more memory and disk
 * than a short one.
 *
 * @param few so many dates are always taken together
 * @param many more are never
 * @param events in between, as many as have no more events than this
 */
public record DateSlices(int few, int many, long events) {
  /**
   * A slice costs some seconds, however little there is in it, and reads the dates beside it once
   * more. A month keeps both small, and a million events are few for any machine. Dates may stand
   * in a plan one by one, and a thousand are what it can take.
   */
  public static final DateSlices USUAL = new DateSlices(30, 1_000, 1_000_000);

  /** Consecutive slices of the dates of all these views; none if they have no dates. */
  public List<SortedSet<LocalDate>> of(Collection<ViewDates> views) {
    SortedSet<LocalDate> dates = new TreeSet<>();
    Map<String, SortedMap<LocalDate, Long>> events = new HashMap<>();
    for (ViewDates view : views) {
      dates.addAll(view.dates());
      events.put(view.tables().events().name(), view.finality().inputs().events().byDate());
    }
    return of(dates, events.values());
  }

  /**
   * @param byDate how many events each events table has
   */
  List<SortedSet<LocalDate>> of(
      SortedSet<LocalDate> dates, Collection<SortedMap<LocalDate, Long>> byDate) {
    List<SortedSet<LocalDate>> slices = new ArrayList<>();
    SortedSet<LocalDate> slice = new TreeSet<>();
    long held = 0;
    for (LocalDate date : dates) {
      long here = byDate.stream().mapToLong(events -> events.getOrDefault(date, 0L)).sum();
      if (isFull(slice.size(), held + here)) {
        slices.add(slice);
        slice = new TreeSet<>();
        held = 0;
      }
      slice.add(date);
      held += here;
    }
    if (!slice.isEmpty()) {
      slices.add(slice);
    }
    return slices;
  }

  /** Whether a slice with so many dates takes no other, with which it would have so many events. */
  private boolean isFull(int dates, long withNext) {
    return dates >= many || dates >= few && withNext > events;
  }
}
