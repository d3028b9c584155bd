package io.tidemark.table;

import java.sql.Date;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The dates of a table's partitions. */
final class Dates {
  private Dates() {}

  /** From rows of a date and its count. */
  static SortedMap<LocalDate, Long> counts(Dataset<Row> dates) {
    SortedMap<LocalDate, Long> counts = new TreeMap<>();
    for (Row row : dates.collectAsList()) {
      if (row.getLong(1) > 0) {
        counts.put(of(row.get(0)), row.getLong(1));
      }
    }
    return counts;
  }

  /** A session may hand out dates of either Java API. */
  static LocalDate of(Object date) {
    return date instanceof Date sql ? sql.toLocalDate() : (LocalDate) date;
  }
}
