package io.tidemark.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;

import java.sql.Date;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What makes a date of a table worth being written again.
 *
 * @param date empty for a table without dates
 * @param files small ones
 * @param marked files with rows that are marked as deleted, or files of such marks
 */
public record SmallFiles(Optional<LocalDate> date, long files, long marked) {
  /**
   * Those with more small files than the policy allows, or with any marks, the oldest first.
   *
   * @param files a row for each file of the table
   * @param isSmall whether it is a small one of rows
   * @param isMarked whether rows in it are marked as deleted, or it marks rows of others
   * @param date of its rows, a null literal for a table without dates
   */
  public static List<SmallFiles> tooMany(
      Dataset<Row> files,
      Column isSmall,
      Column isMarked,
      Column date,
      boolean isDated,
      UpkeepPolicy policy) {
    return files
        .groupBy(date.as("date"))
        .agg(count_if(isSmall).as("files"), count_if(isMarked).as("marked"))
        .where(col("files").gt(Math.max(1, policy.filesPerDate())).or(col("marked").gt(0)))
        .orderBy("date")
        .collectAsList()
        .stream()
        .map(
            row ->
                new SmallFiles(
                    Optional.ofNullable(row.<Date>getAs("date")).map(Date::toLocalDate),
                    row.<Long>getAs("files"),
                    row.<Long>getAs("marked")))
        .filter(small -> isDated ? small.date().filter(policy.isClosed()).isPresent() : true)
        .toList();
  }

  /** Whether a file of so many bytes is small. */
  public static Column isSmall(Column bytes) {
    return bytes.lt(UpkeepPolicy.FILE_BYTES / 2);
  }

  /**
   * What compaction made of them.
   *
   * @param changed files that it has removed, and those that it has added
   */
  public UpkeepTask.Result compacted(UpkeepTask.Result changed) {
    // With marks it rewrites large files, too, which are not among the small ones.
    return marked > 0
        ? changed
        : UpkeepTask.Result.of(files, files - changed.before() + changed.after());
  }

  public String reason() {
    return marked == 0
        ? "%,d small files".formatted(files)
        : "%,d small files, %,d with rows marked as deleted".formatted(files, marked);
  }
}
