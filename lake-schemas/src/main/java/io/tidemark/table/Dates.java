package io.tidemark.table;

import static org.apache.spark.sql.functions.expr;

import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The dates of a table's partitions. */
public final class Dates {
  private Dates() {}

  /**
   * How many rows there are on each date that has some.
   *
   * @param files some of a date each: the date, the count that its files tell, and whether that is
   *     not sure
   * @param read counts the rows of some dates by reading them: rows of a date and its count
   */
  public static SortedMap<LocalDate, Long> counts(
      List<Row> files, Function<Object[], Dataset<Row>> read) {
    SortedMap<LocalDate, Long> counts = new TreeMap<>();
    List<Object> unsure = new ArrayList<>();
    for (Row row : files) {
      if (row.getBoolean(2)) {
        unsure.add(row.get(0));
      } else {
        add(row, counts);
      }
    }
    if (!unsure.isEmpty()) {
      unsure.stream().filter(Objects::nonNull).map(Dates::of).forEach(counts::remove);
      read.apply(unsure.toArray()).collectAsList().forEach(row -> add(row, counts));
    }
    return counts;
  }

  /**
   * What is in the files of each date that has some.
   *
   * @param files a date and a file of it
   */
  public static SortedMap<LocalDate, String> contents(Dataset<Row> files) {
    SortedMap<LocalDate, String> contents = new TreeMap<>();
    files
        .toDF("date", "file")
        .groupBy("date")
        .agg(expr(FileContents.NAME))
        .collectAsList()
        .forEach(row -> contents.put(of(row.get(0)), row.getString(1)));
    return contents;
  }

  private static void add(Row row, SortedMap<LocalDate, Long> counts) {
    if (row.getLong(1) > 0) {
      counts.merge(of(row.get(0)), row.getLong(1), Long::sum);
    }
  }

  /** A session may hand out dates of either Java API. */
  static LocalDate of(Object date) {
    return date instanceof Date sql ? sql.toLocalDate() : (LocalDate) date;
  }
}
