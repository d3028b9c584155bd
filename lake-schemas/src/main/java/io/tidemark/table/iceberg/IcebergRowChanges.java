package io.tidemark.table.iceberg;

import static org.apache.spark.sql.functions.expr;

import io.tidemark.table.Batch;
import io.tidemark.table.Commit;
import io.tidemark.table.Conflicts;
import io.tidemark.table.Conformed;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.iceberg.RowLevelOperationMode;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.spark.CommitMetadata;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Changes rows of an Iceberg table by their key: each change is tried again if another writer was
 * faster.
 *
 * @param key of the rows
 */
record IcebergRowChanges(IcebergTable table, List<String> key) {
  private static final String SNAPSHOT = "snapshot";

  /** See {@link IcebergTable#upsert(Batch, List, Commit)}. */
  boolean upsert(Batch batch, Commit commit) {
    return batch.isEmpty() || retry(() -> upsertOnce(batch, commit));
  }

  private boolean upsertOnce(Batch batch, Commit commit) {
    long present = table.version();
    // Again, for each attempt: the other writer may be a later process of the same query.
    if (table.isCommitted(commit)) {
      return false;
    }
    Table loaded = table.load();
    Dataset<Row> stored = table.stored(batch.rows().sparkSession(), present);
    Optional<IcebergRowUpsert> byRows = IcebergRowUpsert.of(loaded, present, batch);
    if (byRows.isPresent()) {
      return upsert(byRows.get(), stored, commit);
    }
    // In the columns that the table has now, which may be more than it had.
    Dataset<Row> conformed = Conformed.to(SparkSchemaUtil.convert(loaded.schema()), stored);
    Dataset<Row> merged = batch.mergedInto(conformed, key);
    new IcebergOverwrite(table, merged, batch.counts().size(), present, commit)
        .run(expr(batch.place()));
    return true;
  }

  private boolean upsert(IcebergRowUpsert byRows, Dataset<Row> stored, Commit commit) {
    try {
      byRows.run(stored, key, new IcebergCommit(commit));
    } catch (CommitStateUnknownException e) {
      if (!table.isCommitted(commit)) {
        throw e;
      }
      // By another process of the same query, since we looked; or by this one.
      return false;
    }
    return true;
  }

  /** See {@link IcebergTable#update}. */
  void update(Dataset<Row> values, String only) {
    prepareForMerges();
    IcebergUpdate update = new IcebergUpdate(values, key, only);
    retry(
        () -> {
          update.run(table.identifier());
          return true;
        });
  }

  /** See {@link IcebergTable#erase}. */
  boolean erase(Dataset<Row> keys, String only, Commit commit) {
    prepareForMerges();
    // A merge-on-read delete would leave the rows in their files.
    set(TableProperties.MERGE_MODE, RowLevelOperationMode.COPY_ON_WRITE.modeName());
    IcebergUpdate update = new IcebergUpdate(keys, key, only);
    Map<String, String> properties = new IcebergCommit(commit).erasure();
    return retry(
        () -> {
          if (table.isCommitted(commit)) {
            return false;
          }
          CommitMetadata.withCommitProperties(
              properties,
              () -> {
                update.delete(table.identifier());
                return true;
              },
              RuntimeException.class);
          return true;
        });
  }

  /**
   * An update is of rows that are there already, so appends do not affect it. It may be of any
   * number of dates; tables of earlier versions would have a file open for each of them.
   */
  private void prepareForMerges() {
    set(TableProperties.MERGE_ISOLATION_LEVEL, SNAPSHOT);
    set(IcebergStorage.FANOUT, "false");
  }

  private void set(String property, String value) {
    Table loaded = table.load();
    if (!value.equals(loaded.properties().get(property))) {
      loaded.updateProperties().set(property, value).commit();
    }
  }

  private boolean retry(BooleanSupplier change) {
    return Conflicts.retry(table.name(), change::getAsBoolean, IcebergCommit::isConflict);
  }
}
