package io.tidemark.landing;

import java.time.LocalDate;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What became of dead letters that were tried again.
 *
 * @param landed how many have become events, or rows of a dimension
 * @param refused how many are still dead letters, by reason
 * @param ambiguous how many were left alone: another waits with the same topic, partition and
 *     offset, since the topic was made again
 * @param dates of those that have become events; a dimension has none
 * @param recorded how many had landed by a run that was killed before it said so
 */
public record ReplayedRecords(
    long landed,
    SortedMap<String, Long> refused,
    long ambiguous,
    SortedSet<LocalDate> dates,
    long recorded) {
  public ReplayedRecords {
    refused = Collections.unmodifiableSortedMap(new TreeMap<>(refused));
    dates = Collections.unmodifiableSortedSet(new TreeSet<>(dates));
  }

  public static ReplayedRecords none(long ambiguous) {
    return new ReplayedRecords(0, new TreeMap<>(), ambiguous, new TreeSet<>(), 0);
  }

  static ReplayedRecords recorded(long recorded) {
    return new ReplayedRecords(0, new TreeMap<>(), 0, new TreeSet<>(), recorded);
  }

  static ReplayedRecords of(Verdicts verdicts) {
    return new ReplayedRecords(
        verdicts.good().values().stream().mapToLong(Long::longValue).sum(),
        new TreeMap<>(verdicts.refusedByReason()),
        0,
        new TreeSet<>(verdicts.dates()),
        0);
  }

  public ReplayedRecords plus(ReplayedRecords more) {
    SortedMap<String, Long> allRefused = new TreeMap<>(refused);
    more.refused.forEach((reason, count) -> allRefused.merge(reason, count, Long::sum));
    SortedSet<LocalDate> allDates = new TreeSet<>(dates);
    allDates.addAll(more.dates);
    return new ReplayedRecords(
        landed + more.landed,
        allRefused,
        ambiguous + more.ambiguous,
        allDates,
        recorded + more.recorded);
  }

  /** How many are no dead letters any more by all that is known now. */
  public long became() {
    return landed + recorded;
  }

  /** How many are still dead letters. */
  public long stillRefused() {
    return refused.values().stream().mapToLong(Long::longValue).sum();
  }
}
