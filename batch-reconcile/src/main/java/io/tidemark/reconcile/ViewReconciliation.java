package io.tidemark.reconcile;

import io.tidemark.ops.Seal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Reconciles dates of one view: recompute, compare, explain, repair, compare again, seal. */
final class ViewReconciliation {
  private static final int PASSES = 5;

  private final Run run;
  private final ViewTables tables;
  private final Consumer<Stage> done;

  /**
   * @param done is told of each stage as it ends
   */
  ViewReconciliation(Run run, ViewTables tables, Consumer<Stage> done) {
    this.run = run;
    this.tables = tables;
    this.done = done;
  }

  /**
   * @throws OpenDateException if a date is chosen that is not closed
   */
  Outcome reconcile(DateChoice choice) {
    Standing standing = standing();
    SortedSet<LocalDate> dates = choice.of(standing);
    if (dates.isEmpty()) {
      return Outcome.of(Findings.ofNothing(standing));
    }
    List<Pass> passes = new ArrayList<>(List.of(pass(standing, dates, 0)));
    while (passes.get(passes.size() - 1).overtaken() && passes.size() < PASSES) {
      passes.add(pass(standing(), dates, passes.size()));
    }
    return Outcome.of(Findings.of(dates, passes));
  }

  private Standing standing() {
    return Standing.now(run.spark(), run.pipeline(), run.operations(), tables);
  }

  /**
   * What one pass did.
   *
   * @param overtaken whether another writer changed dates between comparison and repair: then all
   *     is to be pinned anew, since that writer may have known more events
   */
  record Pass(
      Comparison before,
      Map<Cause, Long> causes,
      Deliveries deliveries,
      boolean overtaken,
      Comparison after,
      int sealed,
      Standing standing) {}

  private Pass pass(Standing standing, SortedSet<LocalDate> dates, int number) {
    Recomputation recomputation = Recomputation.of(run.spark(), tables, standing.basis());
    Dataset<Row> truth = recomputation.rows(dates).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Comparison before = Comparison.of(run.spark(), tables, truth, dates);
      done.accept(Stage.COMPARE);
      Drift drift = new Drift(run, tables, recomputation, standing);
      Deliveries deliveries = drift.deliveries(before);
      Map<Cause, Long> causes = before.isInSync() ? Map.of() : drift.log(before, truth, deliveries);
      done.accept(Stage.EXPLAIN);
      boolean repaired = !before.isInSync() && !run.reportOnly();
      boolean overtaken = repaired && !Repair.of(tables.table(), truth, before);
      done.accept(Stage.REPAIR);
      Comparison after = repaired ? Comparison.of(run.spark(), tables, truth, dates) : before;
      done.accept(Stage.COMPARE_AGAIN);
      SortedMap<LocalDate, Seal> sealed = Sealing.of(run, tables, standing, after, number);
      done.accept(Stage.SEAL);
      return new Pass(
          before, causes, deliveries, overtaken, after, sealed.size(), standing.with(sealed));
    } finally {
      truth.unpersist();
    }
  }
}
