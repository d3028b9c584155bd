package io.tidemark.table.iceberg;

import io.tidemark.table.Columns;
import io.tidemark.table.Commit;
import io.tidemark.table.DirectWrite;
import io.tidemark.table.OutrunException;
import io.tidemark.table.TableDefinition;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.BatchWrite;

/** Appends rows to an Iceberg table as one landing, under the number after those before it. */
record IcebergLanding(IcebergTable table, SparkSession spark) {

  /** See {@link IcebergTable#land}. */
  OptionalLong run(LongFunction<RDD<InternalRow>> rows, Commit commit, long least) {
    Table loaded = table.load();
    IcebergMarkers markers = new IcebergMarkers(loaded);
    if (commit.isIn(markers.lastBatch(commit.query()))) {
      return OptionalLong.empty();
    }
    long number = Math.max(least, markers.lastNumber().orElse(-1) + 1);
    IcebergCommit landing = new IcebergCommit(commit, OptionalLong.of(number));
    TableDefinition definition = table.definition();
    BatchWrite write =
        IcebergWrite.append(loaded, Columns.of(definition), definition.date(), landing);
    try {
      DirectWrite.run(spark.sparkContext(), rows.apply(number), write);
      return OptionalLong.of(number);
    } catch (ValidationException | CommitStateUnknownException e) {
      IcebergMarkers now = new IcebergMarkers(table.load());
      if (commit.isIn(now.lastBatch(commit.query()))) {
        // By another process of the same query, since we looked; or by this one.
        return OptionalLong.empty();
      }
      long last = now.lastNumber().orElse(-1);
      if (last < number) {
        throw e;
      }
      throw new OutrunException(table, commit, number, last, e);
    }
  }
}
