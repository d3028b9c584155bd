package io.tidemark.table.delta;

import io.tidemark.table.Batch;
import io.tidemark.table.Commit;
import io.tidemark.table.Conflicts;
import io.tidemark.table.Conformed;
import io.tidemark.table.DirectWrite;
import io.tidemark.table.DriverRows;
import io.tidemark.table.FewRows;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Looks;
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
import org.apache.spark.sql.types.StructType;
import scala.Option;

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
  Dataset<Row> stored(SparkSession session, long version) {
    return session.read().format("delta").option("versionAsOf", version).load(path);
  }

  /** As the table has them now. */
  StructType columns() {
    return snapshot().schema();
  }

  @Override
  public Dataset<Row> stream(SparkSession session) {
    return Conformed.to(definition.columns(), new DeltaStream(session, log(), path).rows());
  }

  @Override
  public Dataset<Row> stream(SparkSession session, Path checkpoint) {
    return Conformed.to(
        definition.columns(), new DeltaStream(session, log(), path).rows(checkpoint));
  }

  @Override
  public Optional<String> gap(Path checkpoint) {
    return new DeltaStream(spark, log(), path).gap(checkpoint);
  }

  @Override
  public long version() {
    return snapshot().version();
  }

  @Override
  public List<TableVersion> versions() {
    return new DeltaHistory(spark, log()).versions();
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
    return DeltaCommit.lastBatch(snapshot(), query);
  }

  @Override
  public boolean append(Dataset<Row> rows, Commit commit) {
    return Conflicts.retry(name(), () -> appendOnce(rows, commit), DeltaCommit::isConflict);
  }

  /** The other writer may be a later process of the same query, or have added a column. */
  private boolean appendOnce(Dataset<Row> rows, Commit commit) {
    Snapshot snapshot = snapshot();
    if (DeltaCommit.isIn(snapshot, commit)) {
      return false;
    }
    new DeltaWrite(rows, commit(commit)).append(snapshot);
    return true;
  }

  @Override
  public boolean append(SparkSession session, List<Row> rows, Commit commit) {
    List<InternalRow> made = DriverRows.of(definition, rows);
    return Conflicts.retry(
        name(),
        () -> {
          Snapshot from = snapshot();
          if (DeltaCommit.isIn(from, commit)) {
            return false;
          }
          if (DeltaAppend.isAllowed(session, from, definition)) {
            DirectWrite.run(made, new DeltaAppend(session, from, commit(commit)));
          } else {
            Dataset<Row> planned = session.createDataFrame(rows, definition.columns()).coalesce(1);
            new DeltaWrite(planned, commit(commit)).append(from);
          }
          return true;
        },
        DeltaCommit::isConflict);
  }

  @Override
  public OptionalLong land(
      SparkSession session, LongFunction<RDD<InternalRow>> rows, Commit commit, long least) {
    return new DeltaLanding(this, session).run(rows, commit, least);
  }

  @Override
  public OptionalLong number(Commit last) {
    return DeltaCommit.number(snapshot(), last);
  }

  @Override
  public boolean upsert(Batch batch, List<String> key, Commit commit) {
    return new DeltaRowChanges(this, key).upsert(batch, commit);
  }

  @Override
  public void update(Dataset<Row> values, List<String> key, String only) {
    new DeltaRowChanges(this, key).update(values, only);
  }

  @Override
  public boolean erase(Dataset<Row> keys, List<String> key, String only, Commit commit) {
    return new DeltaRowChanges(this, key).erase(keys, only, commit);
  }

  @Override
  public boolean rewrite(SparkSession session, UnaryOperator<Dataset<Row>> change, Commit commit) {
    return new DeltaWholeRewrite(this, session).run(change, commit);
  }

  @Override
  public boolean rewriteNext(
      SparkSession session, UnaryOperator<Dataset<Row>> change, String name, long least) {
    return new DeltaWholeRewrite(this, session).runNext(change, name, least);
  }

  @Override
  public boolean rewriteLocally(
      SparkSession session, Function<List<Row>, Optional<List<Row>>> change, String name) {
    return new DeltaWholeRewrite(this, session).runLocally(change, name);
  }

  @Override
  public boolean replaceDates(
      Dataset<Row> rows, LocalDate from, LocalDate to, long compared, Commit commit) {
    if (DeltaCommit.isIn(snapshot(), commit)) {
      return false;
    }
    try (Batch batch = Batch.of(definition, rows)) {
      batch.requireWithin(from, to);
      Snapshot snapshot = snapshot(compared);
      String dates =
          "%1$s >= '%2$s' AND %1$s <= '%3$s'".formatted(definition.date().orElseThrow(), from, to);
      new DeltaWrite(batch.rows(), commit(commit)).replace(dates, snapshot);
    } catch (RuntimeException e) {
      throw Conflicts.causedBy(e, DeltaCommit::isConflict)
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

  DeltaCommit commit(Commit commit) {
    return new DeltaCommit(log(), definition, commit);
  }

  Snapshot snapshot() {
    return log().update(false, Option.empty(), Option.empty());
  }

  private Snapshot snapshot(long version) {
    return log().getSnapshotAt(version, Option.empty(), Option.empty(), false);
  }

  DeltaLog log() {
    return DeltaLog.forTable(spark, path);
  }
}
