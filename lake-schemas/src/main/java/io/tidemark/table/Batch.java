package io.tidemark.table;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecution;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import scala.Option;

/**
 * Rows that a write needs more than once, evaluated once and kept until closed.
 *
 * @param size how many they are
 * @param counts how many there are of each date, if their table is partitioned
 * @param kept what closing lets go of, if anything
 */
public record Batch(
    TableDefinition table,
    Dataset<Row> rows,
    long size,
    SortedMap<LocalDate, Long> counts,
    Optional<JavaRDD<InternalRow>> kept)
    implements AutoCloseable {
  /** So few rows are sent to wherever the table's rows are read, which then need no shuffle. */
  private static final long FEW_ROWS = 20_000;

  /** The same of keys alone, beside the rows of a large date. */
  private static final long FEW_KEYS = 200_000;

  public Batch {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  /**
   * Evaluates rows for a table.
   *
   * @throws IllegalArgumentException if the table is partitioned and a row has no date
   */
  public static Batch of(TableDefinition table, Dataset<Row> rows) {
    QueryExecution query = rows.queryExecution();
    boolean isWithin =
        rows.sparkSession().sparkContext().getLocalProperty(SQLExecution.EXECUTION_ID_KEY())
            != null;
    // Or else tasks would not see the settings of the session.
    return isWithin
        ? evaluated(table, rows, query)
        : SQLExecution.withNewExecutionId(
            query, Option.apply("evaluate"), () -> evaluated(table, rows, query));
  }

  private static Batch evaluated(TableDefinition table, Dataset<Row> rows, QueryExecution query) {
    JavaRDD<InternalRow> evaluated = query.toRdd().toJavaRDD();
    if (!rows.storageLevel().equals(StorageLevel.NONE())) {
      return counted(table, rows, evaluated, Optional.empty());
    }
    // Not by Dataset.persist: to count would be a plan, a shuffle and two jobs more.
    JavaRDD<InternalRow> kept =
        evaluated.map(InternalRow::copy).persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> read =
        ((org.apache.spark.sql.classic.SparkSession) rows.sparkSession())
            .internalCreateDataFrame(kept.rdd(), rows.schema(), false);
    Batch batch = null;
    try {
      batch = counted(table, read, kept, Optional.of(kept));
      return batch;
    } finally {
      // Nobody can close a batch that did not come to be.
      if (batch == null) {
        kept.unpersist(false);
      }
    }
  }

  private static Batch counted(
      TableDefinition table,
      Dataset<Row> rows,
      JavaRDD<InternalRow> evaluated,
      Optional<JavaRDD<InternalRow>> kept) {
    SortedMap<LocalDate, Long> counts = new TreeMap<>();
    long dateless = 0;
    for (Map.Entry<Integer, Long> counted : RowCounts.byDate(evaluated, date(table, rows))) {
      if (counted.getKey() == RowCounts.DATELESS) {
        dateless = counted.getValue();
      } else {
        counts.put(LocalDate.ofEpochDay(counted.getKey()), counted.getValue());
      }
    }
    long size = dateless + total(counts);
    if (table.date().isPresent() && dateless > 0) {
      throw new IllegalArgumentException(
          "Cannot write to %s: %d of %d rows have no %s"
              .formatted(table.name(), dateless, size, table.date().get()));
    }
    return new Batch(table, rows, size, counts, kept);
  }

  /** The position of the date in the rows. */
  private static OptionalInt date(TableDefinition table, Dataset<Row> rows) {
    return table
        .date()
        .map(name -> OptionalInt.of(rows.schema().fieldIndex(name)))
        .orElse(OptionalInt.empty());
  }

  private static Column date(TableDefinition table) {
    return col(quoted(table.date().orElseThrow()));
  }

  private static long total(SortedMap<LocalDate, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Those of all other dates, as long as this batch is kept. Only for partitioned tables. */
  public Batch without(Set<LocalDate> dates) {
    SortedMap<LocalDate, Long> others = new TreeMap<>(counts);
    if (!others.keySet().removeAll(dates)) {
      return new Batch(table, rows, size, counts, Optional.empty());
    }
    Object[] left = others.keySet().stream().map(Date::valueOf).toArray();
    return new Batch(
        table, rows.where(date(table).isin(left)), total(others), others, Optional.empty());
  }

  public void requireWithin(LocalDate from, LocalDate to) {
    List<LocalDate> outside = new ArrayList<>(counts.headMap(from).keySet());
    outside.addAll(counts.tailMap(to.plusDays(1)).keySet());
    if (!outside.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot replace %s to %s in %s: rows lie outside, on %s"
              .formatted(from, to, table.name(), outside));
    }
  }

  private static String matches(String target, String source, List<String> key) {
    return key.stream()
        .map(Batch::quoted)
        // Nulls are equal to each other, or each would be inserted again.
        .map(column -> "%s.%s <=> %s.%s".formatted(target, column, source, column))
        .collect(joining(" AND "));
  }

  /**
   * The table's rows in the {@link #place} of this batch once it is in it: what replaces them. Both
   * formats have a MERGE, which takes several times as long.
   */
  public Dataset<Row> mergedInto(Dataset<Row> present, List<String> key) {
    Dataset<Row> replacing = size <= FEW_ROWS ? broadcast(rows) : rows;
    Dataset<Row> merged =
        present
            .where(place())
            .as("present")
            .join(replacing.as("batch"), expr(matches("present", "batch", key)), "left_anti")
            // A column that the definition lost stays, and is empty in new rows.
            .unionByName(Conformed.to(present.schema(), rows));
    boolean isAlone = table.date().isEmpty() || counts.size() == 1 && size <= FEW_ROWS;
    // One file per date. A hint to rebalance says so too, but not within a streaming query.
    return isAlone ? merged.coalesce(1) : merged.repartition(date(table));
  }

  /** The table's rows that this batch replaces, in its {@link #place}. */
  public Dataset<Row> replaced(Dataset<Row> present, List<String> key) {
    Dataset<Row> keys = rows.select(key.stream().map(Batch::column).toArray(Column[]::new));
    return present
        .where(place())
        .where(KeyRange.of(keys))
        .as("present")
        .join(
            (size > FEW_KEYS ? keys : broadcast(keys)).as("batch"),
            expr(matches("present", "batch", key)),
            "left_semi");
  }

  /** The rows as new files of a table with these columns, one a date. */
  public Dataset<Row> added(StructType columns) {
    return Conformed.to(columns, rows).repartition(date(table));
  }

  /**
   * A predicate: on its dates, named literally, or else it would conflict with repairs of other
   * dates; anywhere, if its table is not partitioned.
   */
  public String place() {
    return table
        .date()
        .map(
            date ->
                "%s IN (%s)"
                    .formatted(
                        quoted(date),
                        counts.keySet().stream().map("DATE'%s'"::formatted).collect(joining(", "))))
        .orElse("true");
  }

  @Override
  public void close() {
    kept.ifPresent(rdd -> rdd.unpersist(false));
  }

  private static Column column(String name) {
    return col(quoted(name));
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }
}
