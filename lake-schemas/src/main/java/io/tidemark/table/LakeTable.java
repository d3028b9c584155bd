package io.tidemark.table;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * One table of the lake, whatever its format. Every write happens once per {@link Commit}, however
 * often it is tried.
 */
public interface LakeTable {
  TableDefinition definition();

  default String name() {
    return definition().name();
  }

  /** All rows, as of now. */
  Dataset<Row> read(SparkSession spark);

  /** All rows as of a version that {@link #version()} returned. */
  Dataset<Row> read(SparkSession spark, long version);

  /**
   * The same rows as Spark hands them out, without a query; empty if the session does not read
   * small tables so, or if they are not few.
   */
  default Optional<List<Row>> few(SparkSession spark, long version) {
    return Optional.empty();
  }

  /** The same as of now. */
  default Optional<List<Row>> few(SparkSession spark) {
    return few(spark, version());
  }

  /**
   * Every appended row, from the table's beginning, as a stream that passes over repairs and
   * compaction: commits that replace or remove rows. The rows of one commit come in one batch.
   */
  Dataset<Row> stream(SparkSession spark);

  /**
   * The same for a query with a checkpoint. With a new one, a table that has lost its first
   * commits, or what they appended, gives all rows that it has in the first batch, and then what is
   * appended next.
   */
  Dataset<Row> stream(SparkSession spark, Path checkpoint);

  /** Why a query cannot go on from its checkpoint, if it cannot: what it has not read is gone. */
  Optional<String> gap(Path checkpoint);

  /** Names the present content; a write makes another. Empty tables have one too. */
  long version();

  /** The versions that the table had and can still tell of, with the present one, oldest first. */
  List<TableVersion> versions();

  /** Names the table itself: one that is dropped and created again has another. */
  String id();

  /**
   * What was done since a version, by anybody, other than appending and compacting. Reads every
   * commit since. Only for tables partitioned by date.
   *
   * @param since a version that {@link #version()} returned; what happened is unknown, and may have
   *     been on any date, if the table no longer knows it
   */
  TableEdits edits(long since);

  /** What keeps it fast and small. */
  TableUpkeep upkeep();

  /** The highest batch that this query has committed to this table. */
  OptionalLong lastBatch(String query);

  /**
   * Appends; false, and nothing changes, if this commit or a later one of its query is there
   * already.
   */
  boolean append(Dataset<Row> rows, Commit commit);

  /**
   * The same with a few rows that the driver has, in the columns of the definition. It writes them
   * itself: a plan and a job take a hundred times as long as a row does. Only for tables without
   * dates, since rows of many dates wait for each other in the memory of a task.
   *
   * @throws IllegalArgumentException if a row has no value where the table has no nulls, or if the
   *     table has dates
   */
  boolean append(SparkSession spark, List<Row> rows, Commit commit);

  /**
   * Appends under the next number of a name that several processes write under, each at any time.
   *
   * @param ours whether a row is one of these. Asked where a number was taken meanwhile: by another
   *     process, or by this one, which was not told that its commit went through
   */
  default void appendNext(Dataset<Row> rows, String name, Column ours) {
    appendNext(rows.sparkSession(), commit -> append(rows, commit), name, ours);
  }

  /** The same with a few rows that the driver has, in the columns of the definition. */
  default void appendNext(SparkSession spark, List<Row> rows, String name, Column ours) {
    appendNext(spark, commit -> append(spark, rows, commit), name, ours);
  }

  private void appendNext(SparkSession spark, Predicate<Commit> append, String name, Column ours) {
    while (!append.test(new Commit(name, lastBatch(name).orElse(-1) + 1))) {
      if (!read(spark).where(ours).isEmpty()) {
        return;
      }
    }
  }

  /**
   * Appends rows as one landing, under the number after those of all landings before it, by
   * whichever query. So whoever finds a number in a version of the table finds every row of every
   * smaller number there.
   *
   * @param rows makes them of the number, in the columns of the definition; evaluated once
   * @param least the number is not below
   * @return the number; empty, and nothing changes, if this commit or a later one of its query is
   *     there already
   * @throws OutrunException if another query has landed rows meanwhile; nothing changed
   */
  OptionalLong land(
      SparkSession spark, LongFunction<RDD<InternalRow>> rows, Commit commit, long least);

  /**
   * The number under which a query has landed its last batch. Empty if it has not, if that was
   * another batch, or if it was landed by a version of Tidemark in which the batch was the number.
   */
  OptionalLong number(Commit last);

  /**
   * Inserts rows, and replaces those of equal key (nulls are equal to each other). The key is
   * unique within {@code rows}. False, and nothing changes, if this commit or a later one of its
   * query is there already. Nothing is committed for no rows.
   */
  default boolean upsert(Dataset<Row> rows, List<String> key, Commit commit) {
    if (commit.isIn(lastBatch(commit.query()))) {
      return false;
    }
    try (Batch batch = Batch.of(definition(), rows)) {
      return upsert(batch, key, commit);
    }
  }

  /** The same with rows that are evaluated already. */
  boolean upsert(Batch batch, List<String> key, Commit commit);

  /**
   * Sets columns of the rows that have one of these keys; tried again if another writer was faster.
   * It has no commit: to do it twice is to do it once.
   *
   * @param values the key, which is unique, and the columns that are set
   * @param only a condition, in SQL, on the row as it is, {@code present}: others keep what they
   *     have
   */
  void update(Dataset<Row> values, List<String> key, String only);

  /**
   * Erases the rows that have one of these keys, in one commit beside writers that append; tried
   * again if another writer was faster. It is known as such: {@link #edits} calls it {@link
   * TableEdits#ERASED}, and a stream that begins after it does not read what was erased, though
   * earlier versions have it.
   *
   * @param keys unique
   * @param only a condition, in SQL, on the row as it is, {@code present}: others stay
   * @return false, and nothing changes, if this commit or a later one of its query is there already
   */
  boolean erase(Dataset<Row> keys, List<String> key, String only, Commit commit);

  /**
   * Makes what {@code change} makes of the present rows all there is, in one atomic commit; tried
   * again, from the change on, if another writer was faster. Only for tables that are not
   * partitioned, since all of it is written.
   *
   * @return false, and nothing is committed, if this commit or a later one of its query is there
   *     already, or the rows stay what they are
   */
  boolean rewrite(SparkSession spark, UnaryOperator<Dataset<Row>> change, Commit commit);

  /**
   * The same under the next number of a name that several processes write under.
   *
   * @param least the number is not below
   */
  boolean rewriteNext(
      SparkSession spark, UnaryOperator<Dataset<Row>> change, String name, long least);

  /**
   * The same with rows that the driver makes of the present ones, which are few, under the next
   * number of a name that several processes write under.
   *
   * @param change empty to leave them as they are
   * @return false, and nothing is committed, if they stay
   */
  boolean rewriteLocally(
      SparkSession spark, Function<List<Row>, Optional<List<Row>>> change, String name);

  /**
   * Makes {@code rows} all there is between two dates (inclusive), in one atomic commit.
   *
   * @param compared the version that the caller based its rows on
   * @return false, and nothing changes, if this commit or a later one of its query is there already
   * @throws TableMovedException if another writer changed these dates since that version; other
   *     dates may have moved
   * @throws IllegalArgumentException if a row lies outside the dates
   */
  boolean replaceDates(
      Dataset<Row> rows, LocalDate from, LocalDate to, long compared, Commit commit);

  /**
   * Rows per date, from metadata alone; dates without rows are absent. Only for tables partitioned
   * by date.
   */
  SortedMap<LocalDate, Long> countsByDate();

  /** The same as of a version that {@link #version()} returned. */
  SortedMap<LocalDate, Long> countsByDate(long version);

  /**
   * A name of what is in the files of each date that has some, as {@link FileContents} makes it.
   * Equal names are equal rows; compaction gives another name to equal rows. Only for tables
   * partitioned by date.
   *
   * @param version that {@link #version()} returned
   */
  SortedMap<LocalDate, String> contentsByDate(long version);
}
