package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.tidemark.schema.EventColumns;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Divergent rows with their causes, kept until this is closed. */
final class Explained implements AutoCloseable {
  private static final Column UNEXPLAINED =
      col(Explanation.CAUSE).equalTo(Cause.UNEXPLAINED.text());

  private final List<Dataset<Row>> kept = new ArrayList<>();
  private Dataset<Row> rows;

  /**
   * @param rows {@code date, key}, whatever else, and {@code cause}
   */
  Explained(Dataset<Row> rows) {
    keep(rows);
  }

  private void keep(Dataset<Row> explained) {
    rows = explained.persist(StorageLevel.MEMORY_AND_DISK());
    kept.add(rows);
  }

  Dataset<Row> rows() {
    return rows;
  }

  /** How many there are on each date, by cause. */
  SortedMap<LocalDate, Map<Cause, Long>> keys() {
    SortedMap<LocalDate, Map<Cause, Long>> keys = new TreeMap<>();
    rows.groupBy(EventColumns.DATE, Explanation.CAUSE)
        .count()
        .collectAsList()
        .forEach(
            row ->
                keys.computeIfAbsent(
                        row.getDate(0).toLocalDate(), date -> new EnumMap<>(Cause.class))
                    .put(Cause.of(row.getString(1)), row.getLong(2)));
    return keys;
  }

  /** The dates of those that are unexplained. */
  SortedSet<LocalDate> unexplained() {
    SortedSet<LocalDate> dates = new TreeSet<>();
    rows.where(UNEXPLAINED)
        .select(EventColumns.DATE)
        .distinct()
        .collectAsList()
        .forEach(row -> dates.add(row.getDate(0).toLocalDate()));
    return dates;
  }

  /**
   * Gives rows that are unexplained a cause.
   *
   * @param proven {@code date, key}
   */
  void explain(Dataset<Row> proven, Cause cause) {
    Dataset<Row> found = proven.toDF("proven_date", "proven_key").withColumn("proven", lit(true));
    keep(
        rows.join(
                found,
                rows.col(EventColumns.DATE)
                    .equalTo(found.col("proven_date"))
                    .and(rows.col("key").equalTo(found.col("proven_key"))),
                "left_outer")
            .withColumn(
                Explanation.CAUSE,
                when(UNEXPLAINED.and(col("proven")), cause.text())
                    .otherwise(col(Explanation.CAUSE)))
            .drop("proven_date", "proven_key", "proven"));
  }

  @Override
  public void close() {
    kept.forEach(Dataset::unpersist);
  }
}
