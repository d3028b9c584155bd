package io.tidemark.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How many small files a table has on a date.
 *
 * @param date empty for a table without dates
 */
public record SmallFiles(Optional<LocalDate> date, long files) {
  /**
   * Those with more than the policy allows, the oldest first.
   *
   * @param files a row for each file of the table
   * @param bytes how large it is
   * @param date of its rows, a null literal for a table without dates
   */
  public static List<SmallFiles> tooMany(
      Dataset<Row> files, Column bytes, Column date, boolean isDated, UpkeepPolicy policy) {
    return files
        .where(bytes.lt(UpkeepPolicy.FILE_BYTES / 2))
        .groupBy(date.as("date"))
        .agg(count(lit(1)).as("files"))
        .where(col("files").gt(Math.max(1, policy.filesPerDate())))
        .orderBy("date")
        .collectAsList()
        .stream()
        .map(
            row ->
                new SmallFiles(
                    Optional.ofNullable(row.<Date>getAs("date")).map(Date::toLocalDate),
                    row.<Long>getAs("files")))
        .filter(small -> isDated ? small.date().filter(policy.isClosed()).isPresent() : true)
        .toList();
  }

  public String reason() {
    return "%,d small files".formatted(files);
  }
}
