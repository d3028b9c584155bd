package io.tidemark.status;

import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;

/** Dates without a gap between them, both ends included. */
public record DateRun(LocalDate from, LocalDate to) {
  public DateRun {
    if (to.isBefore(from)) {
      throw new IllegalArgumentException(
          "Cannot go from date %s to %s: it is earlier".formatted(from, to));
    }
  }

  /** The fewest runs that hold exactly these dates, in order. */
  public static List<DateRun> of(Collection<LocalDate> dates) {
    List<DateRun> runs = new ArrayList<>();
    for (LocalDate date : new TreeSet<>(dates)) {
      int last = runs.size() - 1;
      if (last >= 0 && runs.get(last).to().plusDays(1).equals(date)) {
        runs.set(last, new DateRun(runs.get(last).from(), date));
      } else {
        runs.add(new DateRun(date, date));
      }
    }
    return runs;
  }

  /** Whether a DATE column lies in one of the runs, as literals, so that readers prune by it. */
  public static Column holds(Column date, List<DateRun> runs) {
    return runs.stream().map(run -> run.holds(date)).reduce(Column::or).orElse(lit(false));
  }

  public Column holds(Column date) {
    return date.between(lit(from), lit(to));
  }

  /** The run up to another last date, made from its own. */
  DateRun reaching(UnaryOperator<LocalDate> last) {
    return new DateRun(from, last.apply(to));
  }

  public List<LocalDate> dates() {
    return from.datesUntil(to.plusDays(1)).toList();
  }

  @Override
  public String toString() {
    return from.equals(to) ? from.toString() : from + " to " + to;
  }
}
