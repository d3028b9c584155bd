package io.tidemark.table.iceberg;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import io.tidemark.table.Dates;
import io.tidemark.table.FileContents;
import java.time.LocalDate;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a version of an Iceberg table says of its dates, by its metadata.
 *
 * @param table as SQL has it
 * @param date the column that it is partitioned by
 * @param stored its rows, for dates of which the metadata do not say enough
 */
record IcebergDates(
    SparkSession spark, String table, long version, String date, Supplier<Dataset<Row>> stored) {

  /** A delete may be of a file that a compaction has replaced: then it deletes nothing. */
  SortedMap<LocalDate, Long> counts() {
    if (version == IcebergTable.EMPTY) {
      return new TreeMap<>();
    }
    Column deletes =
        col("position_delete_file_count").plus(col("equality_delete_file_count")).gt(0);
    return Dates.counts(
        metadata("partitions").select(partition(), col("record_count"), deletes),
        unsure -> stored.get().where(col(date).isin(unsure)).groupBy(col(date)).count());
  }

  SortedMap<LocalDate, String> contents() {
    return version == IcebergTable.EMPTY
        ? new TreeMap<>()
        : Dates.contents(metadata("files").select(partition(), expr(FileContents.ICEBERG_FILE)));
  }

  private Dataset<Row> metadata(String of) {
    return spark.read().format("iceberg").option("versionAsOf", version).load(table + "." + of);
  }

  private Column partition() {
    return col("partition").getField(date);
  }
}
