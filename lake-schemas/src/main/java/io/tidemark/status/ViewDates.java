package io.tidemark.status;

import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Dates of a view that are to be reconciled.
 *
 * @param finality how the view stood when they were chosen
 */
public record ViewDates(ViewTables tables, ViewFinality finality, SortedSet<LocalDate> dates) {
  public ViewDates {
    dates = Collections.unmodifiableSortedSet(new TreeSet<>(dates));
  }

  /** Those that are in a slice. */
  public ViewDates on(SortedSet<LocalDate> slice) {
    SortedSet<LocalDate> in = new TreeSet<>(dates);
    in.retainAll(slice);
    return new ViewDates(tables, finality, in);
  }

  /** The dates of the events that count on them. */
  public List<DateRun> reach() {
    return Recomputation.reach(tables.view(), dates);
  }

  /** The same, and the dates of deliveries that tell which of those events count. */
  public List<DateRun> near() {
    return Recomputation.near(tables.view(), dates);
  }
}
