package io.tidemark.landing;

import java.time.LocalDate;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What was found to be erased, or was.
 *
 * @param dates of the events
 * @param deadLetters how many dead letters that are none of these events
 * @param unreadable how many dead letters cannot be read, so that nobody can tell whether they are
 *     meant
 * @param landing how many are left alone, since their batch is not in the ledger yet
 * @param finished how many events and dead letters were to be erased by a run that was killed
 */
public record ErasedRecords(
    long events,
    SortedSet<LocalDate> dates,
    long deadLetters,
    long unreadable,
    long landing,
    long finished) {
  public ErasedRecords {
    dates = Collections.unmodifiableSortedSet(new TreeSet<>(dates));
  }

  /** Of a table that nothing was to be erased from. */
  public static ErasedRecords finished(long finished) {
    return new ErasedRecords(0, Collections.emptySortedSet(), 0, 0, 0, finished);
  }

  ErasedRecords plusFinished(long more) {
    return new ErasedRecords(events, dates, deadLetters, unreadable, landing, finished + more);
  }

  /** Whether anything is gone that was there. */
  public boolean isAny() {
    return events + deadLetters + finished > 0;
  }
}
