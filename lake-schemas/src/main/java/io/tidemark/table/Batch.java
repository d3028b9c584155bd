package io.tidemark.table;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows that a write needs more than once, evaluated once and kept until closed.
 *
 * @param dates the dates that they belong to, if their table is partitioned
 */
record Batch(
    TableDefinition table, Dataset<Row> rows, long size, SortedSet<LocalDate> dates, boolean kept)
    implements AutoCloseable {

  static Batch of(TableDefinition table, Dataset<Row> rows) {
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

  private static Batch evaluate(TableDefinition table, Dataset<Row> batch, boolean kept) {
    Column date = table.date().map(column -> col(quoted(column))).orElse(lit(null).cast("date"));
    Row found = batch.agg(count(lit(1)), count(date), collect_set(date)).head();
    if (table.date().isPresent() && found.getLong(0) > found.getLong(1)) {
      throw new IllegalArgumentException(
          "Cannot write to %s: %d of %d rows have no %s"
              .formatted(
                  table.name(),
                  found.getLong(0) - found.getLong(1),
                  found.getLong(0),
                  table.date().get()));
    }
    SortedSet<LocalDate> dates = new TreeSet<>();
    found.getList(2).forEach(value -> dates.add(Dates.of(value)));
    return new Batch(table, batch, found.getLong(0), dates, kept);
  }

  boolean isEmpty() {
    return size == 0;
  }

  void requireWithin(LocalDate from, LocalDate to) {
    List<LocalDate> outside = new ArrayList<>(dates.headSet(from));
    outside.addAll(dates.tailSet(to.plusDays(1)));
    if (!outside.isEmpty()) {
      throw new IllegalArgumentException(
          "Cannot replace %s to %s in %s: rows lie outside, on %s"
              .formatted(from, to, table.name(), outside));
    }
  }

  private static String matches(String target, String source, List<String> key) {
    return key.stream()
        .map(Batch::quoted)
        // Nulls are equal to each other, or each would be inserted anew.
        .map(column -> "%s.%s <=> %s.%s".formatted(target, column, source, column))
        .collect(joining(" AND "));
  }

  /**
   * The table's rows in the {@link #place} of this batch once it is in it: what replaces them. Both
   * formats have a MERGE, which takes several times as long.
   */
  Dataset<Row> mergedInto(Dataset<Row> present, List<String> key) {
    Dataset<Row> merged =
        present
            .where(place())
            .as("present")
            .join(rows.as("batch"), expr(matches("present", "batch", key)), "left_anti")
            // A column that the definition lost stays, and is empty in new rows.
            .unionByName(rows, true);
    // One file per date. A hint to rebalance says so too, but not within a streaming query.
    return table
        .date()
        .map(date -> merged.repartition(col(quoted(date))))
        .orElseGet(() -> merged.coalesce(1));
  }

  /**
   * A predicate: on its dates, named literally, or else it would conflict with repairs of other
   * dates; anywhere, if its table is not partitioned.
   */
  String place() {
    return table
        .date()
        .map(
            date ->
                "%s IN (%s)"
                    .formatted(
                        quoted(date),
                        dates.stream().map("DATE'%s'"::formatted).collect(joining(", "))))
        .orElse("true");
  }

  @Override
  public void close() {
    if (kept) {
      rows.unpersist();
    }
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }
}
