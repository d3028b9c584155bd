package io.tidemark.table.delta;

import io.tidemark.table.Commit;
import io.tidemark.table.Conflicts;
import io.tidemark.table.DirectWrite;
import io.tidemark.table.OutrunException;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.delta.Snapshot;

/** Appends rows to a Delta table as one landing, under the number after those before it. */
record DeltaLanding(DeltaTable table, SparkSession spark) {

  /** See {@link DeltaTable#land}. */
  OptionalLong run(LongFunction<RDD<InternalRow>> rows, Commit commit, long least) {
    Snapshot from = table.snapshot();
    if (DeltaCommit.isIn(from, commit)) {
      return OptionalLong.empty();
    }
    long number = Math.max(least, DeltaCommit.lastNumber(from).orElse(-1) + 1);
    DeltaCommit landing =
        new DeltaCommit(table.log(), table.definition(), commit, OptionalLong.of(number));
    try {
      write(rows.apply(number), from, landing);
      return OptionalLong.of(number);
    } catch (Exception e) { // Scala throws checked ones too.
      if (!Conflicts.causedBy(e, DeltaCommit::isConflict)) {
        throw e;
      }
      Snapshot now = table.snapshot();
      if (DeltaCommit.isIn(now, commit)) {
        // By another process of the same query, since we looked.
        return OptionalLong.empty();
      }
      if (landing.isAbove(now)) {
        throw e;
      }
      throw new OutrunException(
          table, commit, number, DeltaCommit.lastNumber(now).orElseThrow(), e);
    }
  }

  private void write(RDD<InternalRow> rows, Snapshot from, DeltaCommit landing) {
    if (DeltaAppend.isAllowed(spark, from, table.definition())) {
      DirectWrite.run(spark.sparkContext(), rows, new DeltaAppend(spark, from, landing));
    } else {
      new DeltaWrite(planned(rows), landing).append(from);
    }
  }

  private Dataset<Row> planned(RDD<InternalRow> rows) {
    return ((org.apache.spark.sql.classic.SparkSession) spark)
        .internalCreateDataFrame(rows, table.definition().columns(), false);
  }
}
