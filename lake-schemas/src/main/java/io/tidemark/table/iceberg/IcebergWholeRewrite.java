package io.tidemark.table.iceberg;

import static org.apache.spark.sql.functions.lit;

import io.tidemark.table.Batch;
import io.tidemark.table.Commit;
import io.tidemark.table.Conflicts;
import io.tidemark.table.Fingerprint;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Writes the whole of a small Iceberg table again, as what a caller makes of its present rows;
 * tried again, from these on, if another writer was faster.
 */
record IcebergWholeRewrite(IcebergTable table, SparkSession spark) {

  /** See {@link IcebergTable#rewrite}. */
  boolean run(UnaryOperator<Dataset<Row>> change, Commit commit) {
    return run(change, () -> Optional.of(commit).filter(ours -> !table.isCommitted(ours)));
  }

  /** See {@link IcebergTable#rewriteNext}. */
  boolean runNext(UnaryOperator<Dataset<Row>> change, String name, long least) {
    return run(change, () -> Optional.of(next(name, least)));
  }

  private boolean run(UnaryOperator<Dataset<Row>> change, Supplier<Optional<Commit>> commit) {
    return Conflicts.retry(table.name(), () -> runOnce(change, commit), IcebergCommit::isConflict);
  }

  private boolean runOnce(UnaryOperator<Dataset<Row>> change, Supplier<Optional<Commit>> next) {
    long present = table.version();
    Optional<Commit> commit = next.get();
    if (commit.isEmpty()) {
      return false;
    }
    Dataset<Row> before = table.read(spark, present);
    try (Batch after = Batch.of(table.definition(), change.apply(before))) {
      if (!Fingerprint.equal(before, after.rows())) {
        write(after.rows(), present, commit.get());
        return true;
      }
    }
    // What changes nothing may change what another writer has made of it meanwhile.
    return table.version() != present && runOnce(change, next);
  }

  /** See {@link IcebergTable#rewriteLocally}. */
  boolean runLocally(Function<List<Row>, Optional<List<Row>>> change, String name) {
    return Conflicts.retry(
        table.name(), () -> runLocallyOnce(change, name), IcebergCommit::isConflict);
  }

  private boolean runLocallyOnce(Function<List<Row>, Optional<List<Row>>> change, String name) {
    long present = table.version();
    Commit commit = next(name, 0);
    Optional<List<Row>> rows = change.apply(table.read(spark, present).collectAsList());
    rows.ifPresent(
        after ->
            write(spark.createDataFrame(after, table.definition().columns()), present, commit));
    return rows.isPresent();
  }

  private Commit next(String name, long least) {
    return new Commit(name, Math.max(least, table.lastBatch(name).orElse(-1) + 1));
  }

  private void write(Dataset<Row> rows, long present, Commit commit) {
    new IcebergOverwrite(table, rows.coalesce(1), 0, present, commit).run(lit(true));
  }
}
