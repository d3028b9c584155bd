package io.tidemark.table.iceberg;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;

import io.tidemark.table.Batch;
import io.tidemark.table.DirectWrite;
import io.tidemark.table.RowLevel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotSummary;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableUtil;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import scala.Option;

/**
 * An upsert that writes down the positions of the rows that it replaces, and files with its own
 * rows alone, in one commit. It reads the keys of its dates once.
 *
 * @param from the version that it is based on
 * @param dates those of the batch, as Iceberg selects them
 * @param files of these dates, by path
 */
record IcebergRowUpsert(
    Table table, long from, Batch batch, Expression dates, Map<String, DataFile> files) {
  private static final String FILE = "_file";
  private static final String POSITION = "_pos";

  /** In version 3, deletes are vectors, which not every reader knows. */
  private static final int FORMAT = 2;

  /** Empty if the batch is to write its dates again. */
  static Optional<IcebergRowUpsert> of(Table table, long from, Batch batch) {
    RowLevel level = RowLevel.of(batch.rows().sparkSession());
    Snapshot snapshot = table.snapshot(from);
    if (snapshot == null
        // A column that was added since is not in its rows.
        || snapshot.schemaId() == null
        || snapshot.schemaId() != table.schema().schemaId()
        || TableUtil.formatVersion(table) != FORMAT
        || !level.maySuit(batch, rows(snapshot))) {
      return Optional.empty();
    }
    Expression dates =
        Expressions.in(
            batch.table().date().orElseThrow(),
            batch.counts().keySet().stream().map(Object::toString).toArray());
    Map<String, DataFile> files = new HashMap<>();
    long rows = 0;
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(from).filter(dates).planFiles()) {
      for (FileScanTask task : tasks) {
        files.put(task.file().location(), task.file());
        rows += task.file().recordCount();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the manifests of " + table.name(), e);
    }
    // Files from before somebody changed the partitions may hold rows of any date.
    boolean isOfDates =
        files.values().stream().allMatch(file -> file.specId() == table.spec().specId());
    return isOfDates && level.suits(batch, rows, files.size())
        ? Optional.of(new IcebergRowUpsert(table, from, batch, dates, files))
        : Optional.empty();
  }

  private static long rows(Snapshot snapshot) {
    String rows = snapshot.summary().get(SnapshotSummary.TOTAL_RECORDS_PROP);
    return rows == null ? Long.MAX_VALUE : Long.parseLong(rows);
  }

  /**
   * @param stored the rows of the version that it is based on
   * @throws org.apache.iceberg.exceptions.ValidationException if others have written to these dates
   *     since
   */
  void run(Dataset<Row> stored, List<String> key, IcebergCommit commit) {
    PositionDeletes replaced = replaced(stored, key);
    List<DeleteFile> deletes = replaced.write(table, files);
    try {
      write(commit, replaced.positions().keySet(), deletes);
    } catch (CommitStateUnknownException e) {
      // They may be the table's.
      throw e;
    } catch (Throwable e) { // Memory for sorting may have run out, which is an error.
      PositionDeletes.delete(table, deletes, e);
      throw e;
    }
  }

  private PositionDeletes replaced(Dataset<Row> stored, List<String> key) {
    TreeMap<String, long[]> positions = new TreeMap<>();
    batch
        .replaced(stored.select(col("*"), col(FILE), col(POSITION)), key)
        .groupBy(FILE)
        .agg(collect_list(POSITION))
        .collectAsList()
        .forEach(
            row ->
                positions.put(
                    row.getString(0),
                    row.<Long>getList(1).stream().mapToLong(Long::longValue).toArray()));
    return new PositionDeletes(positions);
  }

  private void write(IcebergCommit commit, Collection<String> changed, List<DeleteFile> deletes) {
    DefinedRows defined = DefinedRows.of(batch.table(), batch.added(batch.rows().schema()));
    QueryExecution query = defined.rows().queryExecution();
    SQLExecution.withNewExecutionId(
        query,
        Option.apply("upsert"),
        () -> {
          DirectWrite.run(
              batch.rows().sparkSession().sparkContext(),
              query.toRdd(),
              IcebergWrite.change(
                  table,
                  defined.columns(),
                  batch.table().date(),
                  commit,
                  change -> prepare(change, changed, deletes)));
          return null;
        });
  }

  /** Nobody else may have changed these dates since; compaction may, but not of these files. */
  private RowDelta prepare(RowDelta change, Collection<String> changed, List<DeleteFile> deletes) {
    deletes.forEach(change::addDeletes);
    return change
        .validateFromSnapshot(from)
        .validateDataFilesExist(changed)
        .validateDeletedFiles()
        .conflictDetectionFilter(dates)
        .validateNoConflictingDataFiles()
        .validateNoConflictingDeleteFiles();
  }
}
