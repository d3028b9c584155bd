package io.tidemark.table.iceberg;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.table.Batch;
import io.tidemark.table.Columns;
import io.tidemark.table.Commit;
import io.tidemark.table.Conflicts;
import io.tidemark.table.Conformed;
import io.tidemark.table.DirectWrite;
import io.tidemark.table.DriverRows;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Looks;
import io.tidemark.table.StreamCheckpoint;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableEdits;
import io.tidemark.table.TableMovedException;
import io.tidemark.table.TableUpkeep;
import io.tidemark.table.TableVersion;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/** A table kept in Iceberg. Its snapshots carry their query and batch in their summaries. */
final class IcebergTable implements LakeTable {
  /** The version of a table to which nobody has written. */
  static final long EMPTY = -1;

  private final SparkSession spark;
  private final TableDefinition definition;
  private final String identifier;

  IcebergTable(SparkSession spark, TableDefinition definition) {
    this.spark = spark;
    this.definition = definition;
    this.identifier = IcebergStorage.CATALOG + "." + definition.name();
  }

  @Override
  public TableDefinition definition() {
    return definition;
  }

  @Override
  public Dataset<Row> read(SparkSession session) {
    Looks.readsMuch(session);
    return Conformed.to(definition.columns(), session.table(identifier));
  }

  @Override
  public Dataset<Row> read(SparkSession session, long version) {
    Looks.readsMuch(session);
    // A snapshot keeps the columns of its time, and to gain one makes none.
    return Conformed.to(definition.columns(), stored(session, version));
  }

  /** In the columns that the table had, which may not be those of its definition. */
  Dataset<Row> stored(SparkSession session, long version) {
    return version == EMPTY
        ? session.createDataFrame(List.of(), SparkSchemaUtil.convert(load().schema()))
        : session.read().format("iceberg").option("versionAsOf", version).load(identifier);
  }

  @Override
  public Dataset<Row> stream(SparkSession session) {
    return Conformed.to(
        definition.columns(),
        session
            .readStream()
            .format("iceberg")
            .option("streaming-skip-overwrite-snapshots", true)
            .option("streaming-skip-delete-snapshots", true)
            .load(identifier));
  }

  @Override
  public Dataset<Row> stream(SparkSession session, Path checkpoint) {
    new IcebergStart(load(), new StreamCheckpoint(checkpoint, session)).prepare();
    return stream(session);
  }

  @Override
  public Optional<String> gap(Path checkpoint) {
    return new IcebergStart(load(), new StreamCheckpoint(checkpoint, spark)).gap();
  }

  @Override
  public long version() {
    Snapshot current = load().currentSnapshot();
    return current == null ? EMPTY : current.snapshotId();
  }

  @Override
  public List<TableVersion> versions() {
    Table table = load();
    List<TableVersion> versions = new ArrayList<>();
    for (HistoryEntry entry : table.history()) {
      Snapshot snapshot = table.snapshot(entry.snapshotId());
      if (snapshot != null) {
        if (versions.isEmpty() && snapshot.parentId() == null) {
          versions.add(new TableVersion(EMPTY, Instant.EPOCH));
        }
        versions.add(
            new TableVersion(entry.snapshotId(), Instant.ofEpochMilli(entry.timestampMillis())));
      }
    }
    return versions.isEmpty() ? List.of(new TableVersion(EMPTY, Instant.EPOCH)) : versions;
  }

  @Override
  public String id() {
    return load().uuid().toString();
  }

  @Override
  public TableEdits edits(long since) {
    return new IcebergEdits(load(), definition.date().orElseThrow()).since(since);
  }

  @Override
  public TableUpkeep upkeep() {
    return new IcebergUpkeep(spark, definition, identifier, this::load);
  }

  @Override
  public OptionalLong lastBatch(String query) {
    return new IcebergMarkers(load()).lastBatch(query);
  }

  @Override
  public boolean append(Dataset<Row> rows, Commit commit) {
    if (isCommitted(commit)) {
      return false;
    }
    // Not by Spark's own append, which cannot look into the commits before it.
    DefinedRows defined = DefinedRows.of(definition, rows);
    QueryExecution query = defined.rows().queryExecution();
    return SQLExecution.withNewExecutionId(
        query,
        Option.apply("append"),
        () ->
            append(
                defined.columns(),
                commit,
                write ->
                    DirectWrite.run(rows.sparkSession().sparkContext(), query.toRdd(), write)));
  }

  @Override
  public boolean append(SparkSession session, List<Row> rows, Commit commit) {
    List<InternalRow> made = DriverRows.of(definition, rows);
    return !isCommitted(commit)
        && append(Columns.of(definition), commit, write -> DirectWrite.run(made, write));
  }

  private boolean append(StructType columns, Commit commit, Consumer<BatchWrite> rows) {
    BatchWrite write =
        IcebergWrite.append(load(), columns, definition.date(), new IcebergCommit(commit));
    try {
      rows.accept(write);
    } catch (ValidationException | CommitStateUnknownException e) {
      if (!isCommitted(commit)) {
        throw e;
      }
      // By another process of the same query, since we looked; or by this one.
      return false;
    }
    return true;
  }

  @Override
  public OptionalLong land(
      SparkSession session, LongFunction<RDD<InternalRow>> rows, Commit commit, long least) {
    return new IcebergLanding(this, session).run(rows, commit, least);
  }

  @Override
  public OptionalLong number(Commit last) {
    return new IcebergMarkers(load()).number(last);
  }

  @Override
  public boolean upsert(Batch batch, List<String> key, Commit commit) {
    return new IcebergRowChanges(this, key).upsert(batch, commit);
  }

  @Override
  public void update(Dataset<Row> values, List<String> key, String only) {
    new IcebergRowChanges(this, key).update(values, only);
  }

  @Override
  public boolean erase(Dataset<Row> keys, List<String> key, String only, Commit commit) {
    return new IcebergRowChanges(this, key).erase(keys, only, commit);
  }

  @Override
  public boolean rewrite(SparkSession session, UnaryOperator<Dataset<Row>> change, Commit commit) {
    return new IcebergWholeRewrite(this, session).run(change, commit);
  }

  @Override
  public boolean rewriteNext(
      SparkSession session, UnaryOperator<Dataset<Row>> change, String name, long least) {
    return new IcebergWholeRewrite(this, session).runNext(change, name, least);
  }

  @Override
  public boolean rewriteLocally(
      SparkSession session, Function<List<Row>, Optional<List<Row>>> change, String name) {
    return new IcebergWholeRewrite(this, session).runLocally(change, name);
  }

  @Override
  public boolean replaceDates(
      Dataset<Row> rows, LocalDate from, LocalDate to, long compared, Commit commit) {
    if (isCommitted(commit)) {
      return false;
    }
    Column date = col(definition.date().orElseThrow());
    try (Batch batch = Batch.of(definition, rows)) {
      batch.requireWithin(from, to);
      new IcebergOverwrite(this, batch.rows(), batch.counts().size(), compared, commit)
          .run(date.between(lit(from), lit(to)));
    } catch (RuntimeException e) {
      throw Conflicts.causedBy(e, IcebergCommit::isConflict)
          ? TableMovedException.of(this, from, to, compared, e)
          : e;
    }
    return true;
  }

  @Override
  public SortedMap<LocalDate, Long> countsByDate() {
    return countsByDate(version());
  }

  @Override
  public SortedMap<LocalDate, Long> countsByDate(long version) {
    return dates(version).counts();
  }

  @Override
  public SortedMap<LocalDate, String> contentsByDate(long version) {
    return dates(version).contents();
  }

  private IcebergDates dates(long version) {
    String date = definition.date().orElseThrow();
    return new IcebergDates(spark, load(), identifier, version, date, () -> stored(spark, version));
  }

  /** As SQL names it. */
  String identifier() {
    return identifier;
  }

  boolean isCommitted(Commit commit) {
    return commit.isIn(lastBatch(commit.query()));
  }

  Table load() {
    return Spark3Util.loadIcebergCatalog(spark, IcebergStorage.CATALOG)
        .loadTable(TableIdentifier.parse(definition.name()));
  }
}
