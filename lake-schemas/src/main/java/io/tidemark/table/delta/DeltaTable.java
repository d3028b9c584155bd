package io.tidemark.table.delta;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.delta.exceptions.DeltaConcurrentModificationException;
import io.tidemark.table.Batch;
import io.tidemark.table.Commit;
import io.tidemark.table.Conflicts;
import io.tidemark.table.Conformed;
import io.tidemark.table.DirectWrite;
import io.tidemark.table.DriverRows;
import io.tidemark.table.FewRows;
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
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.VersionChecksum;
import org.apache.spark.sql.delta.actions.SetTransaction;
import org.apache.spark.sql.streaming.DataStreamReader;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Seq;

/** A table kept in Delta. Its commits carry their query and batch as Delta's transaction ids. */
final class DeltaTable implements LakeTable {
  private final SparkSession spark;
  private final TableDefinition definition;
  private final String path;

  /** By version. */
  private final Map<Long, Optional<Dataset<Row>>> small = new ConcurrentHashMap<>();

  DeltaTable(SparkSession spark, TableDefinition definition, String path) {
    this.spark = spark;
    this.definition = definition;
    this.path = path;
  }

  String path() {
    return path;
  }

  @Override
  public TableDefinition definition() {
    return definition;
  }

  @Override
  public Dataset<Row> read(SparkSession session) {
    return Conformed.to(
        definition.columns(),
        small(session, OptionalLong.empty())
            .orElseGet(() -> session.read().format("delta").load(path)));
  }

  @Override
  public Dataset<Row> read(SparkSession session, long version) {
    return Conformed.to(
        definition.columns(),
        small(session, OptionalLong.of(version)).orElseGet(() -> stored(session, version)));
  }

  @Override
  public Optional<List<Row>> few(SparkSession session, long version) {
    return small(session, OptionalLong.of(version))
        .map(rows -> FewRows.of(Conformed.to(definition.columns(), rows)));
  }

  /** Its rows, if the session reads small tables without Spark and this is one. */
  private Optional<Dataset<Row>> small(SparkSession session, OptionalLong version) {
    if (!Looks.readsSmallTables(session)) {
      return Optional.empty();
    }
    long read = version.isPresent() ? version.getAsLong() : version();
    Optional<Dataset<Row>> rows =
        small.computeIfAbsent(
            read,
            of ->
                new DeltaSmallTable(session, path, OptionalLong.of(of)).rows(definition.columns()));
    if (rows.isEmpty()) {
      Looks.readsMuch(session);
    }
    return rows;
  }

  /** In the columns that the table had, which may be more. */
  private Dataset<Row> stored(SparkSession session, long version) {
    return session.read().format("delta").option("versionAsOf", version).load(path);
  }

  /** As the table has them now. */
  StructType columns() {
    return snapshot().schema();
  }

  @Override
  public Dataset<Row> stream(SparkSession session) {
    return stream(session, history(session).hasFirstCommit());
  }

  @Override
  public Dataset<Row> stream(SparkSession session, Path checkpoint) {
    // Where a checkpoint goes on is in it already.
    boolean isNew = !new StreamCheckpoint(checkpoint, session).hasBegun();
    DeltaHistory history = history(session);
    return stream(session, isNew ? history.isWhole() : history.hasFirstCommit());
  }

  @Override
  public Optional<String> gap(Path checkpoint) {
    StreamCheckpoint read = new StreamCheckpoint(checkpoint, spark);
    return history(spark)
        .gap(read.offset().map(offset -> offset.path("reservoirVersion").asLong()))
        .filter(why -> read.hasBegun());
  }

  private DeltaHistory history(SparkSession session) {
    return new DeltaHistory(session, log());
  }

  private Dataset<Row> stream(SparkSession session, boolean fromFirstCommit) {
    DataStreamReader reader = session.readStream().format("delta");
    if (fromFirstCommit) {
      // In the order of commits. Without it the first batch is the files that happen to be live.
      reader = reader.option("startingVersion", 0);
    }
    return Conformed.to(
        definition.columns(),
        reader
            .option("skipChangeCommits", true)
            // The rows of one commit must not be split between two batches.
            .option("maxFilesPerTrigger", Integer.MAX_VALUE)
            .load(path));
  }

  @Override
  public long version() {
    return snapshot().version();
  }

  @Override
  public List<TableVersion> versions() {
    return history(spark).versions();
  }

  @Override
  public String id() {
    return snapshot().metadata().id();
  }

  @Override
  public TableEdits edits(long since) {
    return new DeltaEdits(log(), snapshot(), definition.date().orElseThrow()).since(since);
  }

  @Override
  public TableUpkeep upkeep() {
    return new DeltaUpkeep(spark, this, log());
  }

  @Override
  public OptionalLong lastBatch(String query) {
    return lastBatch(snapshot(), query);
  }

  static OptionalLong lastBatch(Snapshot snapshot, String query) {
    // The checksum beside a commit mostly has them; the table's state costs three jobs to compute.
    Seq<SetTransaction> transactions =
        snapshot
            .checksumOpt()
            .flatMap(VersionChecksum::setTransactions)
            .getOrElse(snapshot::setTransactions);
    return asJava(transactions).stream()
        .filter(transaction -> transaction.appId().equals(query))
        .mapToLong(SetTransaction::version)
        .findAny();
  }

  @Override
  public boolean append(Dataset<Row> rows, Commit commit) {
    return Conflicts.retry(name(), () -> appendOnce(rows, commit), DeltaTable::isConflict);
  }

  /** The other writer may be a later process of the same query, or have added a column. */
  private boolean appendOnce(Dataset<Row> rows, Commit commit) {
    Snapshot snapshot = snapshot();
    if (isCommitted(snapshot, commit)) {
      return false;
    }
    new DeltaWrite(log(), definition, rows, commit).append(snapshot);
    return true;
  }

  @Override
  public boolean append(SparkSession session, List<Row> rows, Commit commit) {
    List<InternalRow> made = DriverRows.of(definition, rows);
    return Conflicts.retry(
        name(),
        () -> {
          Snapshot from = snapshot();
          if (isCommitted(from, commit)) {
            return false;
          }
          if (isWrittenDirectly(session, from)) {
            DeltaCommit next = new DeltaCommit(log(), definition, commit);
            DirectWrite.run(made, new DeltaAppend(session, from, next));
          } else {
            Dataset<Row> planned = session.createDataFrame(rows, definition.columns()).coalesce(1);
            new DeltaWrite(log(), definition, planned, commit).append(from);
          }
          return true;
        },
        DeltaTable::isConflict);
  }

  @Override
  public OptionalLong land(
      SparkSession session, LongFunction<RDD<InternalRow>> rows, Commit commit, long least) {
    Snapshot from = snapshot();
    if (isCommitted(from, commit)) {
      return OptionalLong.empty();
    }
    long number = Math.max(least, DeltaCommit.lastNumber(from).orElse(-1) + 1);
    DeltaCommit landing = new DeltaCommit(log(), definition, commit, OptionalLong.of(number));
    try {
      land(session, rows.apply(number), from, landing);
      return OptionalLong.of(number);
    } catch (Exception e) { // Scala throws checked ones too.
      if (!Conflicts.causedBy(e, DeltaTable::isConflict)) {
        throw e;
      }
      Snapshot now = snapshot();
      if (isCommitted(now, commit)) {
        // By another process of the same query, since we looked.
        return OptionalLong.empty();
      }
      if (landing.isAbove(now)) {
        throw e;
      }
      throw new OutrunException(this, commit, number, DeltaCommit.lastNumber(now).orElseThrow(), e);
    }
  }

  private void land(
      SparkSession session, RDD<InternalRow> rows, Snapshot from, DeltaCommit landing) {
    if (isWrittenDirectly(session, from)) {
      DirectWrite.run(session.sparkContext(), rows, new DeltaAppend(session, from, landing));
    } else {
      new DeltaWrite(planned(session, rows), landing).append(from);
    }
  }

  private boolean isWrittenDirectly(SparkSession session, Snapshot from) {
    return DirectWrite.isAllowed(session) && DeltaAppend.suits(from, definition);
  }

  @Override
  public OptionalLong number(Commit last) {
    Snapshot snapshot = snapshot();
    return lastBatch(snapshot, last.query()).equals(OptionalLong.of(last.batch()))
        ? DeltaCommit.lastNumber(snapshot, last.query())
        : OptionalLong.empty();
  }

  private Dataset<Row> planned(SparkSession session, RDD<InternalRow> rows) {
    return ((org.apache.spark.sql.classic.SparkSession) session)
        .internalCreateDataFrame(rows, definition.columns(), false);
  }

  @Override
  public boolean upsert(Batch batch, List<String> key, Commit commit) {
    return batch.isEmpty()
        || Conflicts.retry(name(), () -> merge(batch, key, commit), DeltaTable::isConflict);
  }

  @Override
  public void update(Dataset<Row> values, List<String> key, String only) {
    // Evaluated once, however often it is tried.
    Dataset<Row> read = values.localCheckpoint(true);
    Conflicts.retry(
        name(),
        () -> {
          new DeltaUpdate(new DeltaRewrite(log(), snapshot(), read, key, only)).run();
          return true;
        },
        DeltaTable::isConflict);
  }

  @Override
  public boolean erase(Dataset<Row> keys, List<String> key, String only, Commit commit) {
    Dataset<Row> read = keys.localCheckpoint(true);
    return Conflicts.retry(
        name(),
        () -> {
          Snapshot present = snapshot();
          if (isCommitted(present, commit)) {
            return false;
          }
          new DeltaErasure(
                  new DeltaRewrite(log(), present, read, key, only),
                  new DeltaCommit(log(), definition, commit))
              .run();
          return true;
        },
        DeltaTable::isConflict);
  }

  @Override
  public boolean rewrite(SparkSession session, UnaryOperator<Dataset<Row>> change, Commit commit) {
    return rewrite(
        session,
        change,
        present -> Optional.of(commit).filter(ours -> !isCommitted(present, ours)));
  }

  @Override
  public boolean rewriteNext(
      SparkSession session, UnaryOperator<Dataset<Row>> change, String name, long least) {
    return rewrite(
        session,
        change,
        present ->
            Optional.of(
                new Commit(name, Math.max(least, lastBatch(present, name).orElse(-1) + 1))));
  }

  private boolean rewrite(
      SparkSession session,
      UnaryOperator<Dataset<Row>> change,
      Function<Snapshot, Optional<Commit>> commit) {
    return Conflicts.retry(
        name(), () -> rewriteOnce(session, change, commit), DeltaTable::isConflict);
  }

  @Override
  public boolean rewriteLocally(
      SparkSession session, Function<List<Row>, Optional<List<Row>>> change, String name) {
    return Conflicts.retry(
        name(), () -> rewriteLocallyOnce(session, change, name), DeltaTable::isConflict);
  }

  private boolean rewriteLocallyOnce(
      SparkSession session, Function<List<Row>, Optional<List<Row>>> change, String name) {
    Snapshot present = snapshot();
    Commit commit = new Commit(name, lastBatch(present, name).orElse(-1) + 1);
    Optional<List<Row>> rows = change.apply(read(session, present.version()).collectAsList());
    rows.ifPresent(
        after ->
            new DeltaWrite(
                    log(),
                    definition,
                    session.createDataFrame(after, definition.columns()).coalesce(1),
                    commit)
                .merge("true", present));
    return rows.isPresent();
  }

  private boolean rewriteOnce(
      SparkSession session,
      UnaryOperator<Dataset<Row>> change,
      Function<Snapshot, Optional<Commit>> next) {
    Snapshot present = snapshot();
    Optional<Commit> commit = next.apply(present);
    if (commit.isEmpty()) {
      return false;
    }
    Dataset<Row> before = read(session, present.version());
    try (Batch after = Batch.of(definition, change.apply(before))) {
      if (!Fingerprint.equal(before, after.rows())) {
        new DeltaWrite(log(), definition, after.rows().coalesce(1), commit.get())
            .merge("true", present);
        return true;
      }
    }
    // What changes nothing may change what another writer has made of it meanwhile.
    return version() != present.version() && rewriteOnce(session, change, next);
  }

  @Override
  public boolean replaceDates(
      Dataset<Row> rows, LocalDate from, LocalDate to, long compared, Commit commit) {
    if (isCommitted(snapshot(), commit)) {
      return false;
    }
    try (Batch batch = Batch.of(definition, rows)) {
      batch.requireWithin(from, to);
      Snapshot snapshot = snapshot(compared);
      String dates =
          "%1$s >= '%2$s' AND %1$s <= '%3$s'".formatted(definition.date().orElseThrow(), from, to);
      new DeltaWrite(log(), definition, batch.rows(), commit).replace(dates, snapshot);
    } catch (RuntimeException e) {
      throw Conflicts.causedBy(e, DeltaTable::isConflict)
          ? TableMovedException.of(this, from, to, compared, e)
          : e;
    }
    return true;
  }

  @Override
  public SortedMap<LocalDate, Long> countsByDate() {
    return dates(snapshot()).counts();
  }

  @Override
  public SortedMap<LocalDate, Long> countsByDate(long version) {
    return dates(snapshot(version)).counts();
  }

  @Override
  public SortedMap<LocalDate, String> contentsByDate(long version) {
    return dates(snapshot(version)).contents();
  }

  private DeltaDates dates(Snapshot snapshot) {
    String date = definition.date().orElseThrow();
    return new DeltaDates(
        snapshot,
        date,
        () -> stored(spark, snapshot.version()),
        () ->
            Looks.readsSmallTables(spark)
                ? new DeltaFewFiles(spark, path, snapshot.version()).counts(date)
                : Optional.empty());
  }

  static boolean isConflict(Throwable failure) {
    return failure instanceof DeltaConcurrentModificationException;
  }

  private boolean merge(Batch batch, List<String> key, Commit commit) {
    Snapshot present = snapshot();
    // Again, for each attempt: the other writer may be a later process of the same query.
    if (isCommitted(present, commit)) {
      return false;
    }
    Dataset<Row> stored = stored(batch.rows().sparkSession(), present.version());
    Optional<DeltaRowUpsert> byRows =
        DeltaRowUpsert.of(present, new DeltaCommit(log(), definition, commit), batch);
    if (byRows.isPresent()) {
      byRows.get().run(stored, key);
      return true;
    }
    Dataset<Row> merged = batch.mergedInto(stored, key);
    new DeltaWrite(log(), definition, merged, commit).merge(batch.place(), present);
    return true;
  }

  static boolean isCommitted(Snapshot snapshot, Commit commit) {
    return commit.isIn(lastBatch(snapshot, commit.query()));
  }

  Snapshot snapshot() {
    return log().update(false, Option.empty(), Option.empty());
  }

  private Snapshot snapshot(long version) {
    return log().getSnapshotAt(version, Option.empty(), Option.empty(), false);
  }

  private DeltaLog log() {
    return DeltaLog.forTable(spark, path);
  }
}
