package io.tidemark.table.iceberg;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import io.tidemark.table.Dates;
import io.tidemark.table.FileContents;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * What a version of an Iceberg table says of its dates, by its metadata.
 *
 * @param identifier of the table, as SQL has it
 * @param date the column that it is partitioned by
 * @param stored its rows, for dates of which the metadata do not say enough
 */
record IcebergDates(
    SparkSession spark,
    Table table,
    String identifier,
    long version,
    String date,
    Supplier<Dataset<Row>> stored) {

  /** A delete may be of a file that a compaction has replaced: then it deletes nothing. */
  SortedMap<LocalDate, Long> counts() {
    return version == IcebergTable.EMPTY
        ? new TreeMap<>()
        : Dates.counts(
            files(),
            unsure -> stored.get().where(col(date).isin(unsure)).groupBy(col(date)).count());
  }

  /** By Iceberg itself: a query of Spark's takes longer to plan than there is to read. */
  private List<Row> files() {
    List<Row> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().useSnapshot(version).planFiles()) {
      for (FileScanTask task : tasks) {
        Integer day = task.file().partition().get(position(task.spec()), Integer.class);
        files.add(
            RowFactory.create(
                day == null ? null : LocalDate.ofEpochDay(day),
                task.file().recordCount(),
                !task.deletes().isEmpty()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the metadata of " + identifier, e);
    }
    return files;
  }

  private int position(PartitionSpec spec) {
    int position = 0;
    while (!spec.fields().get(position).name().equals(date)) {
      position++;
    }
    return position;
  }

  SortedMap<LocalDate, String> contents() {
    return version == IcebergTable.EMPTY
        ? new TreeMap<>()
        : Dates.contents(
            spark
                .read()
                .format("iceberg")
                .option("versionAsOf", version)
                .load(identifier + ".files")
                .select(col("partition").getField(date), expr(FileContents.ICEBERG_FILE)));
  }
}
