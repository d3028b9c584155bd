package io.tidemark.table.delta;

import io.tidemark.table.Batch;
import io.tidemark.table.Commit;
import io.tidemark.table.Conflicts;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.Snapshot;

/**
 * Changes rows of a Delta table by their key: each change is tried again if another writer was
 * faster.
 *
 * @param key of the rows
 */
record DeltaRowChanges(DeltaTable table, List<String> key) {

  /** See {@link DeltaTable#upsert(Batch, List, Commit)}. */
  boolean upsert(Batch batch, Commit commit) {
    return batch.isEmpty() || retry(() -> upsertOnce(batch, commit));
  }

  private boolean upsertOnce(Batch batch, Commit commit) {
    Snapshot present = table.snapshot();
    // Again, for each attempt: the other writer may be a later process of the same query.
    if (DeltaCommit.isIn(present, commit)) {
      return false;
    }
    DeltaCommit next = table.commit(commit);
    Dataset<Row> stored = table.stored(batch.rows().sparkSession(), present.version());
    Optional<DeltaRowUpsert> byRows = DeltaRowUpsert.of(present, next, batch);
    if (byRows.isPresent()) {
      byRows.get().run(stored, key);
    } else {
      new DeltaWrite(batch.mergedInto(stored, key), next).merge(batch.place(), present);
    }
    return true;
  }

  /** See {@link DeltaTable#update}. */
  void update(Dataset<Row> values, String only) {
    // Evaluated once, however often it is tried.
    Dataset<Row> read = values.localCheckpoint(true);
    retry(
        () -> {
          new DeltaUpdate(rewrite(table.snapshot(), read, only)).run();
          return true;
        });
  }

  /** See {@link DeltaTable#erase}. */
  boolean erase(Dataset<Row> keys, String only, Commit commit) {
    Dataset<Row> read = keys.localCheckpoint(true);
    return retry(
        () -> {
          Snapshot present = table.snapshot();
          if (DeltaCommit.isIn(present, commit)) {
            return false;
          }
          new DeltaErasure(rewrite(present, read, only), table.commit(commit)).run();
          return true;
        });
  }

  private DeltaFileRewrite rewrite(Snapshot present, Dataset<Row> values, String only) {
    return new DeltaFileRewrite(table.log(), present, values, key, only);
  }

  private boolean retry(BooleanSupplier change) {
    return Conflicts.retry(table.name(), change::getAsBoolean, DeltaCommit::isConflict);
  }
}
