package io.tidemark.table;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.sql.Date;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows that a write needs more than once, evaluated once and kept until closed.
 *
 * @param size how many they are
 * @param counts how many there are of each date, if their table is partitioned
 * @param kept whether closing lets go of them
 */
public record Batch(
    TableDefinition table,
    Dataset<Row> rows,
    long size,
    SortedMap<LocalDate, Long> counts,
    boolean kept)
    implements AutoCloseable {
  /** More keys than this are not broadcast. */
  private static final long FEW = 1_000_000;

  public Batch {
    counts = Collections.unmodifiableSortedMap(new TreeMap<>(counts));
  }

  /**
   * Evaluates rows for a table.
   *
   * @throws IllegalArgumentException if the table is partitioned and a row has no date
   */
  public static Batch of(TableDefinition table, Dataset<Row> rows) {
    boolean kept = rows.storageLevel().equals(StorageLevel.NONE());
    Dataset<Row> evaluated = kept ? rows.persist(StorageLevel.MEMORY_AND_DISK()) : rows;
    Batch batch = null;
    try {
      batch = evaluate(table, evaluated, kept);
      return batch;
    } finally {
      // Nobody can close a batch that did not come to be.
      if (batch == null && kept) {
        evaluated.unpersist();
      }
    }
  }

  private static Batch evaluate(TableDefinition table, Dataset<Row> rows, boolean kept) {
    SortedMap<LocalDate, Long> counts = new TreeMap<>();
    long dateless = 0;
    for (Row counted : rows.groupBy(date(table).as("date")).count().collectAsList()) {
      if (counted.isNullAt(0)) {
        dateless = counted.getLong(1);
      } else {
        counts.put(Dates.of(counted.get(0)), counted.getLong(1));
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

  private static Column date(TableDefinition table) {
    return table.date().map(column -> col(quoted(column))).orElse(lit(null).cast("date"));
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
      return new Batch(table, rows, size, counts, false);
    }
    Object[] left = others.keySet().stream().map(Date::valueOf).toArray();
    return new Batch(table, rows.where(date(table).isin(left)), total(others), others, false);
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
    Dataset<Row> merged =
        present
            .where(place())
            .as("present")
            .join(rows.as("batch"), expr(matches("present", "batch", key)), "left_anti")
            // A column that the definition lost stays, and is empty in new rows.
            .unionByName(Conformed.to(present.schema(), rows));
    // One file per date. A hint to rebalance says so too, but not within a streaming query.
    return table
        .date()
        .map(date -> merged.repartition(col(quoted(date))))
        .orElseGet(() -> merged.coalesce(1));
  }

  /** The table's rows that this batch replaces, in its {@link #place}. */
  public Dataset<Row> replaced(Dataset<Row> present, List<String> key) {
    Dataset<Row> keys = rows.select(key.stream().map(Batch::column).toArray(Column[]::new));
    return present
        .where(place())
        .where(KeyRange.of(keys))
        .as("present")
        .join(
            (size > FEW ? keys : broadcast(keys)).as("batch"),
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
    if (kept) {
      rows.unpersist();
    }
  }

  private static Column column(String name) {
    return col(quoted(name));
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }
}
