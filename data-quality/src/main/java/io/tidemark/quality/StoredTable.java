package io.tidemark.quality;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import io.tidemark.table.FileContents;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/**
 * A table of the lake at one version, whatever its format.
 *
 * @param contents of each date that has files a name of what is in them, if the table is
 *     partitioned by date
 * @param whole the same of all its files
 */
record StoredTable(
    String name,
    Dataset<Row> rows,
    long version,
    boolean isPartitioned,
    NavigableMap<LocalDate, String> contents,
    String whole) {
  static final String DATE = "date";

  StoredTable {
    contents = new TreeMap<>(contents);
  }

  /**
   * @param files a row for each file of the version: the date of its rows, null if they are of any,
   *     and what names its content
   */
  static StoredTable of(
      String name, Dataset<Row> rows, long version, boolean isPartitioned, Dataset<Row> files) {
    NavigableMap<LocalDate, String> contents = new TreeMap<>();
    StringBuilder whole = new StringBuilder();
    for (Row row :
        files.groupBy(col(DATE)).agg(expr(FileContents.NAME)).orderBy(DATE).collectAsList()) {
      if (!row.isNullAt(0)) {
        contents.put(row.getDate(0).toLocalDate(), row.getString(1));
      }
      whole.append(row.getString(1));
    }
    return new StoredTable(
        name,
        rows,
        version,
        isPartitioned,
        contents,
        UUID.nameUUIDFromBytes(whole.toString().getBytes(UTF_8)).toString());
  }

  /** Whether its rows have dates to check them by. */
  boolean isDated() {
    return Arrays.stream(rows.schema().fields())
        .anyMatch(
            field -> field.name().equals(DATE) && field.dataType().equals(DataTypes.DateType));
  }

  /** A name of what is in the files of a date, empty if there are none. */
  String contents(LocalDate date) {
    return date == null || !isPartitioned ? whole : contents.getOrDefault(date, "");
  }

  /** A column by its name, whatever characters that has; a dotted name may be that of a field. */
  Column column(String name) {
    if (Arrays.asList(rows.columns()).contains(name)) {
      return rows.col("`" + name.replace("`", "``") + "`");
    }
    try {
      return rows.col(name);
    } catch (Exception e) { // Scala throws checked ones too. Spark's own names another column.
      throw new IllegalArgumentException(
          "Cannot find column '%s' in %s. It has: %s."
              .formatted(name, this.name, String.join(", ", rows.columns())),
          e);
    }
  }

  NavigableMap<LocalDate, String> byDate() {
    return contents;
  }
}
