package io.tidemark.table.iceberg;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.table.Batch;
import io.tidemark.table.Columns;
import io.tidemark.table.Commit;
import io.tidemark.table.Conflicts;
import io.tidemark.table.Conformed;
import io.tidemark.table.DirectWrite;
import io.tidemark.table.DriverRows;
import io.tidemark.table.Fingerprint;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Looks;
import io.tidemark.table.OutrunException;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.HistoryEntry;
import org.apache.iceberg.RowLevelOperationMode;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.spark.CommitMetadata;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/** A table kept in Iceberg. Its snapshots carry their query and batch in their summaries. */
final class IcebergTable implements LakeTable {
  /** The version of a table to which nobody has written. */
  static final long EMPTY = -1;

  private static final String SNAPSHOT = "snapshot";

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

  private Dataset<Row> stored(SparkSession session, long version) {
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
    BatchWrite write = IcebergWrite.append(load(), columns, new IcebergCommit(commit));
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
    Table table = load();
    IcebergMarkers markers = new IcebergMarkers(table);
    if (commit.isIn(markers.lastBatch(commit.query()))) {
      return OptionalLong.empty();
    }
    long number = Math.max(least, markers.lastNumber().orElse(-1) + 1);
    IcebergCommit landing = new IcebergCommit(commit, OptionalLong.of(number));
    BatchWrite write = IcebergWrite.append(table, Columns.of(definition), landing);
    try {
      DirectWrite.run(session.sparkContext(), rows.apply(number), write);
      return OptionalLong.of(number);
    } catch (ValidationException | CommitStateUnknownException e) {
      IcebergMarkers now = new IcebergMarkers(load());
      if (commit.isIn(now.lastBatch(commit.query()))) {
        // By another process of the same query, since we looked; or by this one.
        return OptionalLong.empty();
      }
      long last = now.lastNumber().orElse(-1);
      if (last < number) {
        throw e;
      }
      throw new OutrunException(this, commit, number, last, e);
    }
  }

  @Override
  public OptionalLong number(Commit last) {
    return new IcebergMarkers(load()).number(last);
  }

  @Override
  public boolean upsert(Batch batch, List<String> key, Commit commit) {
    return batch.isEmpty()
        || Conflicts.retry(name(), () -> merge(batch, key, commit), IcebergTable::isConflict);
  }

  @Override
  public void update(Dataset<Row> values, List<String> key, String only) {
    allowAppendsBesideMerges();
    IcebergUpdate update = new IcebergUpdate(values, key, only);
    Conflicts.retry(
        name(),
        () -> {
          update.run(identifier);
          return true;
        },
        IcebergTable::isConflict);
  }

  @Override
  public boolean erase(Dataset<Row> keys, List<String> key, String only, Commit commit) {
    allowAppendsBesideMerges();
    // A merge-on-read delete would leave the rows in their files.
    set(TableProperties.MERGE_MODE, RowLevelOperationMode.COPY_ON_WRITE.modeName());
    IcebergUpdate update = new IcebergUpdate(keys, key, only);
    Map<String, String> properties = new IcebergCommit(commit).erasure();
    return Conflicts.retry(
        name(),
        () -> {
          if (isCommitted(commit)) {
            return false;
          }
          CommitMetadata.withCommitProperties(
              properties,
              () -> {
                update.delete(identifier);
                return true;
              },
              RuntimeException.class);
          return true;
        },
        IcebergTable::isConflict);
  }

  /** An update is of rows that are there already, so appends do not affect it. */
  private void allowAppendsBesideMerges() {
    set(TableProperties.MERGE_ISOLATION_LEVEL, SNAPSHOT);
  }

  private void set(String property, String value) {
    Table table = load();
    if (!value.equals(table.properties().get(property))) {
      table.updateProperties().set(property, value).commit();
    }
  }

  @Override
  public boolean rewrite(SparkSession session, UnaryOperator<Dataset<Row>> change, Commit commit) {
    return rewrite(session, change, () -> Optional.of(commit).filter(ours -> !isCommitted(ours)));
  }

  @Override
  public boolean rewriteNext(
      SparkSession session, UnaryOperator<Dataset<Row>> change, String name, long least) {
    return rewrite(
        session,
        change,
        () -> Optional.of(new Commit(name, Math.max(least, lastBatch(name).orElse(-1) + 1))));
  }

  private boolean rewrite(
      SparkSession session, UnaryOperator<Dataset<Row>> change, Supplier<Optional<Commit>> commit) {
    return Conflicts.retry(
        name(), () -> rewriteOnce(session, change, commit), IcebergTable::isConflict);
  }

  @Override
  public boolean rewriteLocally(
      SparkSession session, Function<List<Row>, Optional<List<Row>>> change, String name) {
    return Conflicts.retry(
        name(), () -> rewriteLocallyOnce(session, change, name), IcebergTable::isConflict);
  }

  private boolean rewriteLocallyOnce(
      SparkSession session, Function<List<Row>, Optional<List<Row>>> change, String name) {
    long present = version();
    Commit commit = new Commit(name, lastBatch(name).orElse(-1) + 1);
    Optional<List<Row>> rows = change.apply(read(session, present).collectAsList());
    rows.ifPresent(
        after ->
            replace(
                session.createDataFrame(after, definition.columns()).coalesce(1),
                lit(true),
                present,
                commit));
    return rows.isPresent();
  }

  private boolean rewriteOnce(
      SparkSession session, UnaryOperator<Dataset<Row>> change, Supplier<Optional<Commit>> next) {
    long present = version();
    Optional<Commit> commit = next.get();
    if (commit.isEmpty()) {
      return false;
    }
    Dataset<Row> before = read(session, present);
    try (Batch after = Batch.of(definition, change.apply(before))) {
      if (!Fingerprint.equal(before, after.rows())) {
        replace(after.rows().coalesce(1), lit(true), present, commit.get());
        return true;
      }
    }
    // What changes nothing may change what another writer has made of it meanwhile.
    return version() != present && rewriteOnce(session, change, next);
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
      replace(batch.rows(), date.between(lit(from), lit(to)), compared, commit);
    } catch (RuntimeException e) {
      throw Conflicts.causedBy(e, IcebergTable::isConflict)
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

  static boolean isConflict(Throwable failure) {
    return failure instanceof ValidationException || failure instanceof CommitFailedException;
  }

  private boolean merge(Batch batch, List<String> key, Commit commit) {
    long present = version();
    // Again, for each attempt: the other writer may be a later process of the same query.
    if (isCommitted(commit)) {
      return false;
    }
    SparkSession session = batch.rows().sparkSession();
    Table table = load();
    Dataset<Row> stored = stored(session, present);
    Optional<IcebergRowUpsert> byRows = IcebergRowUpsert.of(table, present, batch);
    if (byRows.isPresent()) {
      return change(byRows.get(), stored, key, commit);
    }
    // In the columns that the table has now, which may be more than it had.
    Dataset<Row> conformed = Conformed.to(SparkSchemaUtil.convert(table.schema()), stored);
    Dataset<Row> merged = batch.mergedInto(conformed, key);
    replace(merged, expr(batch.place()), present, commit);
    return true;
  }

  private boolean change(
      IcebergRowUpsert upsert, Dataset<Row> stored, List<String> key, Commit commit) {
    try {
      upsert.run(stored, key, new IcebergCommit(commit));
    } catch (CommitStateUnknownException e) {
      if (!isCommitted(commit)) {
        throw e;
      }
      // By another process of the same query, since we looked; or by this one.
      return false;
    }
    return true;
  }

  /** Makes the rows all there is where a predicate holds, unless others have written there. */
  private void replace(Dataset<Row> rows, Column where, long present, Commit commit) {
    var writer = writeTo(rows, commit).option("isolation-level", "serializable");
    // Without a first snapshot Iceberg looks at all there are: right for an empty table only.
    if (present != EMPTY) {
      writer = writer.option("validate-from-snapshot-id", Long.toString(present));
    }
    try {
      writer.overwrite(where);
    } catch (NoSuchTableException e) {
      throw notThere(e);
    }
  }

  private DataFrameWriterV2<Row> writeTo(Dataset<Row> rows, Commit commit) {
    return rows.writeTo(identifier).options(new IcebergCommit(commit).options());
  }

  private IllegalStateException notThere(NoSuchTableException cause) {
    return new IllegalStateException(
        "Cannot write to %s: it is not there. Create it first".formatted(name()), cause);
  }

  private boolean isCommitted(Commit commit) {
    return commit.isIn(lastBatch(commit.query()));
  }

  private Table load() {
    return Spark3Util.loadIcebergCatalog(spark, IcebergStorage.CATALOG)
        .loadTable(TableIdentifier.parse(definition.name()));
  }
}
