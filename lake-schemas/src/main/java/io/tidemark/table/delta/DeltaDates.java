package io.tidemark.table.delta;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;

import io.tidemark.table.Dates;
import io.tidemark.table.FileContents;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.Snapshot;

/**
 * What a version of a Delta table says of its dates, by its metadata.
 *
 * @param date the column that it is partitioned by
 * @param stored its rows, for dates of which the metadata do not say enough
 * @param few its files without Spark, if they are not many: the date, the rows, whether these are
 *     not sure
 */
record DeltaDates(
    Snapshot snapshot,
    String date,
    Supplier<Dataset<Row>> stored,
    Supplier<Optional<List<Row>>> few) {

  SortedMap<LocalDate, Long> counts() {
    return Dates.counts(
        few.get().orElseGet(this::counted),
        unsure -> stored.get().where(col(date).isin(unsure)).groupBy(col(date)).count());
  }

  private List<Row> counted() {
    Column written = get_json_object(col("stats"), "$.numRecords").cast("bigint");
    Column deleted = coalesce(col("deletionVector.cardinality"), lit(0L));
    Column rows = written.minus(deleted);
    // A writer that was told to collect no statistics does not say how many rows a file has.
    return snapshot
        .allFiles()
        .toDF()
        .groupBy(partition())
        .agg(sum(rows), max(rows.isNull()))
        .collectAsList();
  }

  SortedMap<LocalDate, String> contents() {
    return Dates.contents(
        snapshot.allFiles().toDF().select(partition(), expr(FileContents.DELTA_FILE)));
  }

  private Column partition() {
    return col("partitionValues").getItem(date).cast("date");
  }
}
