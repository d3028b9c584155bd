package io.tidemark.reconcile;

import io.tidemark.ops.Seal;
import io.tidemark.status.Comparison;
import io.tidemark.status.LandingRange;
import io.tidemark.status.RecomputationInputs;
import io.tidemark.status.ViewFinality;
import io.tidemark.status.ViewTables;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/** Records which dates of a view were proven. The last write of a run, so a seal never lies. */
final class Sealing {
  private Sealing() {}

  /**
   * Seals every date that is in sync, unless an equal seal is there.
   *
   * @param landed the landing batches of the events that were recomputed from
   * @param conflicts among these events
   * @param found on each date before anything was repaired
   * @return the new seals
   */
  static SortedMap<LocalDate, Seal> of(
      ReconcileRun run,
      ViewTables tables,
      ViewFinality finality,
      LandingRange landed,
      Comparison compared,
      Conflicts conflicts,
      Map<LocalDate, Seal.Found> found) {
    SortedMap<LocalDate, Seal> seals = new TreeMap<>();
    if (run.reportOnly()) {
      return seals;
    }
    for (LocalDate date : compared.dates().keySet()) {
      if (compared.isInSync(date) && !isSealed(finality, date, compared.dates().get(date))) {
        seals.put(date, seal(run, finality, landed, compared, conflicts, found.get(date), date));
      }
    }
    if (!seals.isEmpty()) {
      run.operations()
          .seals()
          .append(
              run.spark(),
              run.pipeline().name(),
              tables.view().name(),
              List.copyOf(seals.values()));
    }
    return seals;
  }

  private static boolean isSealed(ViewFinality finality, LocalDate date, Comparison.Day day) {
    return finality.isFinal(date) && day.isThatOf(finality.seals().get(date));
  }

  private static Seal seal(
      ReconcileRun run,
      ViewFinality finality,
      LandingRange landed,
      Comparison compared,
      Conflicts conflicts,
      Seal.Found found,
      LocalDate date) {
    Comparison.Day day = compared.dates().get(date);
    RecomputationInputs inputs = finality.inputs();
    return new Seal(
        date,
        day.rows(),
        day.fingerprint(),
        inputs.events().inReach(date, finality.window()),
        inputs.events().version(),
        landed.last(),
        inputs.dimensionVersions(),
        compared.tableVersion(),
        inputs.viewVersion(),
        run.id(),
        run.clock().instant(),
        Optional.of(inputs.deduplicationWindow()),
        OptionalLong.of(conflicts.byDate().getOrDefault(date, 0L)),
        OptionalLong.of(inputs.events().edits().looks()),
        inputs.dimensionContents().present(),
        Optional.of(found));
  }
}
