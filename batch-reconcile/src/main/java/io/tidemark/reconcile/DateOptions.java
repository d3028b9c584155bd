package io.tidemark.reconcile;

import java.time.LocalDate;
import java.util.List;
import java.util.TreeSet;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which dates to reconcile: one of four ways, or those that need it. */
final class DateOptions {
  @ArgGroup(exclusive = false)
  private Range range;

  @Option(
      names = "--date",
      required = true,
      split = ",",
      paramLabel = "DATE",
      description = "One date; several are given one after the other, or with commas between.")
  private List<LocalDate> dates;

  @Option(
      names = "--dirty",
      required = true,
      description =
          "Closed dates that were never sealed, or have changed since, which is the default.")
  private boolean dirty;

  @Option(names = "--all-closed", required = true, description = "Every closed date.")
  private boolean allClosed;

  static final class Range {
    @Option(names = "--from", required = true, paramLabel = "DATE", description = "First date.")
    private LocalDate from;

    @Option(
        names = "--to",
        required = true,
        paramLabel = "DATE",
        description = "Last date, included.")
    private LocalDate to;
  }

  /**
   * @throws IllegalArgumentException if the range is upside down
   */
  DateChoice choice() {
    if (range != null) {
      return new DateChoice.Between(range.from, range.to);
    }
    if (dates != null) {
      return new DateChoice.Each(new TreeSet<>(dates));
    }
    return allClosed ? new DateChoice.AllClosed() : new DateChoice.Dirty();
  }
}
