package io.tidemark.ops;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;

import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** {@code ops.ledger}: for every offset of every topic, what became of it. */
public final class Ledger {
  /** Of a landing; earlier versions took the batch for it. */
  private static final Column NUMBER = coalesce(col("landed_batch"), col("batch"));

  private final LakeTable table;

  Ledger(LakeTable table) {
    this.table = table;
  }

  /** Writes what one landing batch made of its offsets, where every good record is a row. */
  public boolean append(
      SparkSession spark,
      String pipeline,
      List<LedgerSpan> spans,
      Instant landedAt,
      Commit commit) {
    return append(
        spark, pipeline, spans, OptionalLong.empty(), OptionalLong.empty(), landedAt, commit);
  }

  /**
   * Writes what one landing batch made of its offsets, a span per topic-partition.
   *
   * @param number of the landing, of events
   * @param tableRows how many rows the table has after it, where rows replace each other
   * @param commit the landing query and its batch, also kept as columns
   * @return false, and nothing changes, if the batch is there already
   */
  public boolean append(
      SparkSession spark,
      String pipeline,
      List<LedgerSpan> spans,
      OptionalLong number,
      OptionalLong tableRows,
      Instant landedAt,
      Commit commit) {
    List<Row> rows =
        spans.stream()
            .map(
                span ->
                    RowFactory.create(
                        pipeline,
                        commit.query(),
                        commit.batch(),
                        span.topic(),
                        span.partition(),
                        span.from(),
                        span.until(),
                        span.events(),
                        span.deadLetters(),
                        span.missing(),
                        Timestamp.from(landedAt),
                        span.lost(),
                        Cells.ofNumber(tableRows),
                        Cells.ofNumber(number),
                        null))
            .toList();
    return table.append(spark, rows, commit);
  }

  /**
   * Writes that dead letters have become events, a row per topic-partition.
   *
   * @param number under which they landed
   * @param commit the query that landed them and its batch, also kept as columns
   * @return false, and nothing changes, if the batch is there already
   */
  public boolean append(
      SparkSession spark,
      String pipeline,
      List<ReplayedSpan> spans,
      long number,
      Instant landedAt,
      Commit commit) {
    return appendReplayed(
        spark, pipeline, spans, OptionalLong.of(number), OptionalLong.empty(), landedAt, commit);
  }

  /**
   * Writes that dead letters have become rows which replace each other.
   *
   * @param tableRows how many rows the table has after it
   * @param commit the query that landed them and its batch, also kept as columns
   * @return false, and nothing changes, if the batch is there already
   */
  public boolean appendReplayed(
      SparkSession spark,
      String pipeline,
      List<ReplayedSpan> spans,
      long tableRows,
      Instant landedAt,
      Commit commit) {
    return appendReplayed(
        spark, pipeline, spans, OptionalLong.empty(), OptionalLong.of(tableRows), landedAt, commit);
  }

  private boolean appendReplayed(
      SparkSession spark,
      String pipeline,
      List<ReplayedSpan> spans,
      OptionalLong number,
      OptionalLong tableRows,
      Instant landedAt,
      Commit commit) {
    List<Row> rows =
        spans.stream()
            .map(
                span ->
                    RowFactory.create(
                        pipeline,
                        commit.query(),
                        commit.batch(),
                        span.topic(),
                        span.partition(),
                        span.first(),
                        span.first(),
                        span.records(),
                        -span.records(),
                        0L,
                        Timestamp.from(landedAt),
                        null,
                        Cells.ofNumber(tableRows),
                        Cells.ofNumber(number),
                        span.records()))
            .toList();
    return table.append(spark, rows, commit);
  }

  /**
   * The last batch that a landing query wrote, empty if it never ran. A table can forget the
   * commits of a query that has long been quiet: Iceberg's are in its snapshots, which expire.
   */
  public OptionalLong lastBatch(SparkSession spark, String query) {
    OptionalLong committed = table.lastBatch(query);
    if (committed.isPresent()) {
      return committed;
    }
    Row last = table.read(spark).where(col("query").equalTo(query)).agg(max("batch")).head();
    return last.isNullAt(0) ? OptionalLong.empty() : OptionalLong.of(last.getLong(0));
  }

  /**
   * The highest number that these queries have landed under, empty if they have landed nothing. A
   * table that was rolled back has forgotten it.
   */
  public OptionalLong lastNumber(SparkSession spark, Set<String> queries) {
    Row last =
        table.read(spark).where(col("query").isin(queries.toArray())).agg(max(NUMBER)).head();
    return last.isNullAt(0) ? OptionalLong.empty() : OptionalLong.of(last.getLong(0));
  }

  /** Every topic that a landing query has read; more than one if it was given another. */
  public Set<String> topics(SparkSession spark, String query) {
    Set<String> topics = new HashSet<>();
    table
        .read(spark)
        .where(col("query").equalTo(query))
        .select("topic")
        .distinct()
        .collectAsList()
        .forEach(row -> topics.add(row.getString(0)));
    return topics;
  }

  /**
   * How many rows a table had after the last batch that says so, of tables whose rows replace each
   * other; by the query that lands in it.
   */
  public Map<String, Long> tableRows(SparkSession spark, String pipeline) {
    Map<String, Long> rows = new HashMap<>();
    table
        .read(spark)
        .where(col("pipeline").equalTo(pipeline).and(col("table_rows").isNotNull()))
        .groupBy("query")
        .agg(max_by(col("table_rows"), col("batch")))
        .collectAsList()
        .forEach(row -> rows.put(row.getString(0), row.getLong(1)));
    return rows;
  }

  /** How many dead letters a query has recorded to be good, a span per topic-partition. */
  public List<ReplayedSpan> replayed(SparkSession spark, String query) {
    return ReplayedSpan.totals(table.read(spark).where(col("query").equalTo(query)));
  }

  /** When some landings of a query were done, by their numbers; those that are known. */
  public Map<Long, Instant> landedAt(SparkSession spark, String query, Collection<Long> numbers) {
    Map<Long, Instant> landedAt = new HashMap<>();
    table
        .read(spark)
        .where(col("query").equalTo(query).and(NUMBER.isInCollection(numbers)))
        .groupBy(NUMBER)
        .agg(min("landed_at"))
        .collectAsList()
        .forEach(row -> landedAt.put(row.getLong(0), row.getTimestamp(1).toInstant()));
    return landedAt;
  }

  /** Whether the ledger accounts for every offset from the first landed to the last. */
  public LedgerBalance balance(SparkSession spark, String pipeline) {
    long version = table.version();
    return table
        .few(spark, version)
        .map(all -> all.stream().filter(row -> row.getAs("pipeline").equals(pipeline)).toList())
        .map(few -> new FewSpans(few).balance())
        .orElseGet(
            () ->
                LedgerBalance.of(
                    table.read(spark, version).where(col("pipeline").equalTo(pipeline))));
  }
}
