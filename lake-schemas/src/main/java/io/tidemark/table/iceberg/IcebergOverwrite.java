package io.tidemark.table.iceberg;

import io.tidemark.table.Commit;
import io.tidemark.table.FewOpenFiles;
import org.apache.iceberg.spark.SparkWriteOptions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;

/**
 * Makes rows all there is in a part of an Iceberg table.
 *
 * @param dates how many the rows have; 0 if the table has none
 * @param present the version that the rows were made from
 */
record IcebergOverwrite(
    IcebergTable table, Dataset<Row> rows, int dates, long present, Commit commit) {

  /**
   * @param part a predicate over the rows of the part
   * @throws org.apache.iceberg.exceptions.ValidationException if others have written there since
   */
  void run(Column part) {
    DataFrameWriterV2<Row> writer =
        rows.writeTo(table.identifier())
            .options(new IcebergCommit(commit).options())
            .option("isolation-level", "serializable")
            // Otherwise the rows of a task are sorted by date, and one file is open at a time.
            .option(
                SparkWriteOptions.FANOUT_ENABLED,
                Boolean.toString(dates <= FewOpenFiles.atOnce(rows.sparkSession())));
    // Without a first snapshot Iceberg looks at all there are: right for an empty table only.
    if (present != IcebergTable.EMPTY) {
      writer = writer.option("validate-from-snapshot-id", Long.toString(present));
    }
    try {
      writer.overwrite(part);
    } catch (NoSuchTableException e) {
      throw new IllegalStateException(
          "Cannot write to %s: it is not there. Create it first".formatted(table.name()), e);
    }
  }
}
