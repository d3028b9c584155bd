package io.tidemark.reconcile;

import io.tidemark.status.DateRun;
import io.tidemark.status.ViewFinality;
import java.time.LocalDate;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/** Which dates of a view to reconcile. Only closed dates can be: the stream still writes others. */
sealed interface DateChoice {

  /**
   * @throws OpenDateException if a date is asked for that is not closed
   */
  SortedSet<LocalDate> of(ViewFinality finality);

  /** Every date from one to another, sealed or not. */
  record Between(LocalDate from, LocalDate to) implements DateChoice {
    public Between {
      new DateRun(from, to);
    }

    @Override
    public SortedSet<LocalDate> of(ViewFinality finality) {
      if (finality.lastClosed().filter(last -> !last.isBefore(to)).isEmpty()) {
        throw new OpenDateException(
            "Cannot reconcile %s to %s: %s".formatted(from, to, finality.closing()));
      }
      return new TreeSet<>(new DateRun(from, to).dates());
    }
  }

  /** These dates, sealed or not. */
  record Each(SortedSet<LocalDate> dates) implements DateChoice {
    public Each {
      dates = Collections.unmodifiableSortedSet(new TreeSet<>(dates));
    }

    @Override
    public SortedSet<LocalDate> of(ViewFinality finality) {
      LocalDate to = dates.last();
      if (finality.lastClosed().filter(last -> !last.isBefore(to)).isEmpty()) {
        throw new OpenDateException("Cannot reconcile %s: %s".formatted(to, finality.closing()));
      }
      return dates;
    }
  }

  /** Closed dates that were never sealed, or have changed since. */
  record Dirty() implements DateChoice {
    @Override
    public SortedSet<LocalDate> of(ViewFinality finality) {
      return finality.unproven();
    }
  }

  /** Every closed date. */
  record AllClosed() implements DateChoice {
    @Override
    public SortedSet<LocalDate> of(ViewFinality finality) {
      return Collections.unmodifiableSortedSet(finality.closed());
    }
  }
}
