package io.tidemark.reconcile.counted;

import static java.util.stream.Collectors.groupingBy;

import io.tidemark.ops.Seal;
import io.tidemark.view.Window;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Dates of a view of which no event counts on two, and what their last seals were proven from. What
 * was late then has been repaired since: the rows hold it, and the stream writes no others.
 *
 * @param landedThrough by date of events: up to which landing batch they are in a seal, if in any
 */
public record SealedLandings(List<LocalDate> dates, Map<LocalDate, Long> landedThrough) {
  public SealedLandings {
    dates = List.copyOf(dates);
    landedThrough = Map.copyOf(landedThrough);
  }

  /** Together all of the dates; in one if none of them has a seal. */
  public static List<SealedLandings> of(
      Window window, Collection<LocalDate> dates, Map<LocalDate, Seal> seals) {
    if (dates.stream().noneMatch(seals::containsKey)) {
      return List.of(new SealedLandings(List.copyOf(dates), Map.of()));
    }
    long apart = dates.stream().mapToLong(date -> eventDates(window, date)).max().orElse(1);
    return dates.stream()
        .collect(groupingBy(date -> Math.floorMod(date.toEpochDay(), apart)))
        .values()
        .stream()
        .map(some -> new SealedLandings(some, landedThrough(window, some, seals)))
        .toList();
  }

  private static Map<LocalDate, Long> landedThrough(
      Window window, List<LocalDate> dates, Map<LocalDate, Seal> seals) {
    Map<LocalDate, Long> through = new HashMap<>();
    for (LocalDate date : dates) {
      OptionalLong proven =
          seals.containsKey(date) ? seals.get(date).landedThrough() : OptionalLong.empty();
      if (proven.isPresent()) {
        for (int next = 0; next < eventDates(window, date); next++) {
          through.put(date.plusDays(next), proven.getAsLong());
        }
      }
    }
    return through;
  }

  /** On how many dates, from this one on, events count on this date. */
  private static long eventDates(Window window, LocalDate date) {
    return window.lastEventDateOf(date).toEpochDay() - date.toEpochDay() + 1;
  }
}
