package io.tidemark.reconcile;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.Seal;
import io.tidemark.status.Comparison;
import io.tidemark.status.Gates;
import io.tidemark.status.HeldBack;
import io.tidemark.status.LandingRange;
import io.tidemark.status.PinnedEvents;
import io.tidemark.status.Recomputation;
import io.tidemark.status.RecomputationInputs;
import io.tidemark.status.Review;
import io.tidemark.status.ViewDates;
import io.tidemark.status.ViewFinality;
import io.tidemark.status.ViewTables;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Reconciles dates of one view: recompute, compare, explain, repair, compare again, seal. */
final class ViewReconciliation {
  private static final int PASSES = 5;

  private final ReconcileRun run;
  private final PipelineTables pipelineTables;

  ViewReconciliation(ReconcileRun run, PipelineTables pipelineTables) {
    this.run = run;
    this.pipelineTables = pipelineTables;
  }

  /**
   * @param besides all dates of the view that are chosen, so that none of them needs a review
   * @param events what counts on the dates, as of their finality
   * @param known what was delivered, as of the same, if that is known
   */
  Reconciled reconcile(
      GatedDates chosen,
      Set<LocalDate> besides,
      PinnedEvents events,
      Optional<Drift.Delivered> known) {
    ViewDates view = chosen.admitted();
    if (view.dates().isEmpty()) {
      return new Reconciled(view, List.of(), chosen.heldBack());
    }
    List<Pass> passes = new ArrayList<>(List.of(pass(view, events, known, List.of())));
    SortedMap<LocalDate, HeldBack> heldBack = new TreeMap<>(chosen.heldBack());
    ViewDates next = view;
    while (passes.get(passes.size() - 1).overtaken() && passes.size() < PASSES) {
      // What has landed meanwhile was not checked.
      GatedDates now = now(next, besides);
      heldBack.putAll(now.heldBack());
      next = now.admitted();
      if (next.dates().isEmpty()) {
        break;
      }
      passes.add(again(next, events, passes));
    }
    return new Reconciled(view, passes, heldBack);
  }

  /** What was delivered for all dates of a view together. Keeps no events in memory for it. */
  Drift.Delivered delivered(ViewDates view) {
    Dataset<Row> events = PinnedEvents.read(run.spark(), view);
    RecomputationInputs inputs = view.finality().inputs();
    Recomputation recomputation = Recomputation.of(run.spark(), view.tables(), inputs, events);
    return Drift.of(run, view.tables(), recomputation, view.finality(), LandingRange.of(events))
        .deliveries(view.dates());
  }

  /** The same dates as they stand now. */
  private GatedDates now(ViewDates before, Set<LocalDate> besides) {
    List<ViewTables> tables = List.of(before.tables());
    String name = before.finality().view();
    Map<String, ViewFinality> finalityOf =
        ViewFinality.now(
            run.spark(),
            run.pipeline(),
            run.operations(),
            tables,
            run.clock().instant(),
            run.editWatch()::look);
    ViewFinality finality =
        Review.of(run.spark(), tables, finalityOf, Map.of(name, new TreeSet<>(besides))).get(name);
    return GatedDates.of(
        run,
        Gates.of(run.spark(), pipelineTables),
        new ViewDates(before.tables(), finality, before.dates()));
  }

  private Pass again(ViewDates view, PinnedEvents known, List<Pass> passes) {
    if (known.has(view)) {
      return pass(view, known, Optional.empty(), passes);
    }
    try (PinnedEvents events = PinnedEvents.of(run.spark(), List.of(view))) {
      return pass(view, events, Optional.empty(), passes);
    }
  }

  /**
   * What one pass did.
   *
   * @param overtaken whether another writer changed dates between comparison and repair: then all
   *     is to be pinned again, since that writer may have known more events
   */
  record Pass(
      Comparison before,
      SortedMap<LocalDate, Map<Cause, Long>> causes,
      Drift.Delivered delivered,
      boolean overtaken,
      Comparison after,
      Set<LocalDate> sealed,
      ViewFinality finality) {}

  /** How each date was found. */
  private static Map<LocalDate, Seal.Found> found(
      Comparison compared, SortedMap<LocalDate, Map<Cause, Long>> causes) {
    Map<LocalDate, Seal.Found> found = new HashMap<>();
    for (LocalDate date : compared.dates().keySet()) {
      Map<String, Long> drift = new HashMap<>();
      causes.getOrDefault(date, Map.of()).forEach((cause, keys) -> drift.put(cause.text(), keys));
      found.put(date, new Seal.Found(compared.agreement(date), drift));
    }
    return found;
  }

  /**
   * @param earlier passes of the same run
   */
  private Pass pass(
      ViewDates view, PinnedEvents events, Optional<Drift.Delivered> known, List<Pass> earlier) {
    ViewTables tables = view.tables();
    ViewFinality finality = view.finality();
    SortedSet<LocalDate> dates = view.dates();
    Recomputation recomputation =
        Recomputation.of(run.spark(), tables, finality.inputs(), events.of(view));
    Dataset<Row> truth = recomputation.rows(dates).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Comparison before = Comparison.of(run.spark(), tables, truth, dates);
      LandingRange landed = events.landed(view);
      Drift drift = Drift.of(run, tables, recomputation, finality, landed);
      Drift.Delivered delivered = known.orElseGet(() -> drift.deliveries(dates));
      // What an earlier pass has left is not what the stream has.
      boolean isKept = earlier.stream().allMatch(pass -> pass.causes().isEmpty());
      SortedMap<LocalDate, Map<Cause, Long>> causes =
          before.isInSync() ? Collections.emptySortedMap() : drift.log(before, truth, isKept);
      boolean repaired = !before.isInSync() && !run.reportOnly();
      boolean overtaken = repaired && !Repair.of(tables.table(), truth, before);
      Comparison after = repaired ? Comparison.of(run.spark(), tables, truth, dates) : before;
      // What is found after a repair is not what the stream has left.
      Map<LocalDate, Seal.Found> found =
          earlier.isEmpty()
              ? found(before, causes)
              : found(earlier.get(0).before(), earlier.get(0).causes());
      SortedMap<LocalDate, Seal> sealed =
          Sealing.of(run, tables, finality, landed, after, delivered.conflicts(), found);
      return new Pass(
          before,
          causes,
          delivered,
          overtaken,
          after,
          Set.copyOf(sealed.keySet()),
          finality.with(sealed));
    } finally {
      truth.unpersist();
    }
  }
}
