package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.schema.EventColumns;
import io.tidemark.table.Commit;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Where a view differs from its recomputation: explained, counted and kept in ops.drift. */
record Drift(
    Run run, ViewTables tables, Recomputation recomputation, Standing standing, Landed landed) {
  /** Up to how many landing batches are sent to every task, rather than the events to them. */
  private static final int BATCHES_TO_SEND = 1_000_000;

  /** What was delivered for these dates, and what the stream dropped of it. */
  Deliveries deliveries(Comparison compared) {
    return Deliveries.of(marked(compared.dates().keySet()), tables.eventColumns());
  }

  /**
   * Explains the divergent keys and keeps them, once a run.
   *
   * @return keys by cause
   */
  Map<Cause, Long> log(Comparison compared, Dataset<Row> truth, Deliveries deliveries) {
    List<LocalDate> dates = compared.divergentDates();
    Dataset<Row> explained =
        Explanation.of(
                recomputation,
                Comparison.stream(run.spark(), tables, compared.tableVersion(), dates),
                truth.where(DateRun.holds(col(EventColumns.DATE), DateRun.of(dates))),
                marked(dates),
                deliveries.conflicting() > 0,
                Proven.of(standing.window(), dates, standing.seals()))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Map<Cause, Long> keys = new EnumMap<>(Cause.class);
      explained
          .groupBy("cause")
          .count()
          .collectAsList()
          .forEach(row -> keys.put(Cause.of(row.getString(0)), row.getLong(1)));
      run.operations().drift().append(rows(explained), commit());
      return keys;
    } finally {
      explained.unpersist();
    }
  }

  private Dataset<Row> marked(Collection<LocalDate> dates) {
    Dataset<Row> lateAt =
        run.operations()
            .refreshes()
            .lateAt(
                run.spark(),
                run.pipeline().name(),
                tables.view().name(),
                landed.from(),
                landed.through());
    return Deliveries.marked(
        recomputation.events(dates),
        landed.count() > BATCHES_TO_SEND ? lateAt : broadcast(lateAt),
        standing.watermark().orElse(Instant.EPOCH));
  }

  private Dataset<Row> rows(Dataset<Row> explained) {
    List<String> key = tables.view().definition().key();
    List<String> values =
        Arrays.stream(tables.table().definition().columns().fieldNames())
            .filter(name -> !key.contains(name) && !name.equals(EventColumns.DATE))
            .toList();
    return Explanation.byColumn(explained, values)
        .withColumn("pipeline", lit(run.pipeline().name()))
        .withColumn("view", lit(tables.view().name()))
        .withColumn("run", lit(run.id()))
        .withColumn("found_at", lit(run.clock().instant()));
  }

  private Commit commit() {
    return new Commit("reconcile.%s@%s".formatted(tables.table().name(), run.id()), 0);
  }
}
