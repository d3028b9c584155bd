package io.tidemark.quality;

import io.tidemark.pipeline.Pipeline;
import java.time.LocalDate;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which dates to check.
 *
 * @param date one of them; empty for all that there are
 * @param dirtyOnly whether to leave out dates whose last results are about what is there now
 */
record DateSelection(Optional<LocalDate> date, boolean dirtyOnly) {

  /** Those of a table's dates that are selected, or the one that is, whether it has rows or not. */
  SortedSet<LocalDate> of(SortedSet<LocalDate> all) {
    return date.isPresent() ? new TreeSet<>(date.stream().toList()) : all;
  }

  /**
   * The dates of a table. Those of a pipeline's own begin where its history does, so that a date
   * without any rows is checked too.
   *
   * @param withRows dates on which the table has rows
   */
  static NavigableSet<LocalDate> all(
      StoredTable table, SortedSet<LocalDate> withRows, Pipeline pipeline) {
    NavigableSet<LocalDate> dates = new TreeSet<>(withRows);
    if (!dates.isEmpty() && isOf(pipeline, table.name())) {
      pipeline.historyFrom().datesUntil(dates.last()).forEach(dates::add);
    }
    return dates;
  }

  private static boolean isOf(Pipeline pipeline, String table) {
    return pipeline.events().stream()
            .anyMatch(source -> pipeline.table(source.name()).equals(table))
        || pipeline.views().stream().anyMatch(view -> pipeline.table(view.name()).equals(table));
  }
}
