package io.tidemark.table.delta;

import io.tidemark.table.Batch;
import io.tidemark.table.Commit;
import io.tidemark.table.Conflicts;
import io.tidemark.table.Fingerprint;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.Snapshot;

/**
 * Writes the whole of a small Delta table again, as what a caller makes of its present rows; tried
 * again, from these on, if another writer was faster.
 */
record DeltaWholeRewrite(DeltaTable table, SparkSession spark) {

  /** See {@link DeltaTable#rewrite}. */
  boolean run(UnaryOperator<Dataset<Row>> change, Commit commit) {
    return run(
        change, present -> Optional.of(commit).filter(ours -> !DeltaCommit.isIn(present, ours)));
  }

  /** See {@link DeltaTable#rewriteNext}. */
  boolean runNext(UnaryOperator<Dataset<Row>> change, String name, long least) {
    return run(change, present -> Optional.of(next(present, name, least)));
  }

  private boolean run(
      UnaryOperator<Dataset<Row>> change, Function<Snapshot, Optional<Commit>> commit) {
    return Conflicts.retry(table.name(), () -> runOnce(change, commit), DeltaCommit::isConflict);
  }

  private boolean runOnce(
      UnaryOperator<Dataset<Row>> change, Function<Snapshot, Optional<Commit>> next) {
    Snapshot present = table.snapshot();
    Optional<Commit> commit = next.apply(present);
    if (commit.isEmpty()) {
      return false;
    }
    Dataset<Row> before = table.read(spark, present.version());
    try (Batch after = Batch.of(table.definition(), change.apply(before))) {
      if (!Fingerprint.equal(before, after.rows())) {
        write(after.rows(), present, commit.get());
        return true;
      }
    }
    // What changes nothing may change what another writer has made of it meanwhile.
    return table.version() != present.version() && runOnce(change, next);
  }

  /** See {@link DeltaTable#rewriteLocally}. */
  boolean runLocally(Function<List<Row>, Optional<List<Row>>> change, String name) {
    return Conflicts.retry(
        table.name(), () -> runLocallyOnce(change, name), DeltaCommit::isConflict);
  }

  private boolean runLocallyOnce(Function<List<Row>, Optional<List<Row>>> change, String name) {
    Snapshot present = table.snapshot();
    Commit commit = next(present, name, 0);
    Optional<List<Row>> rows = change.apply(table.read(spark, present.version()).collectAsList());
    rows.ifPresent(
        after ->
            write(spark.createDataFrame(after, table.definition().columns()), present, commit));
    return rows.isPresent();
  }

  private static Commit next(Snapshot present, String name, long least) {
    return new Commit(name, Math.max(least, DeltaCommit.lastBatch(present, name).orElse(-1) + 1));
  }

  private void write(Dataset<Row> rows, Snapshot present, Commit commit) {
    new DeltaWrite(rows.coalesce(1), table.commit(commit)).merge("true", present);
  }
}
