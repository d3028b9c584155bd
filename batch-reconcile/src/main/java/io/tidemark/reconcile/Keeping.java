package io.tidemark.reconcile;

import io.tidemark.ops.Reconciliation;
import io.tidemark.ops.Reconciliations;
import io.tidemark.status.ViewFinality;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;

/** Records what was found of dates and done about them, once they are sealed. */
final class Keeping {
  private Keeping() {}

  /**
   * Events may be erased after they were read here: then no id of theirs is kept.
   *
   * @param open dates that are not to be reconciled yet
   * @param gates checks of quality that hold back dates
   */
  static void of(
      ReconcileRun run,
      Reconciled reconciled,
      Collection<LocalDate> open,
      List<String> gates,
      Instant startedAt) {
    String pipeline = run.pipeline().name();
    ViewFinality finality = reconciled.view().finality();
    List<Reconciliation> dates = new DateFindings(reconciled, open).dates();
    Reconciliations kept = run.operations().reconciliations();
    kept.append(
        run.spark(),
        pipeline,
        finality.view(),
        new Reconciliations.By(run.id(), run.reportOnly(), gates, startedAt, run.clock().instant()),
        dates);
    if (quotes(dates) && Drift.hasReadErased(reconciled.view().tables(), finality)) {
      kept.redact(
          run.spark(),
          pipeline,
          finality.view(),
          kept.quoting(run.spark(), pipeline, finality.view()).stream()
              .filter(found -> found.run().equals(run.id()))
              .toList());
    }
  }

  private static boolean quotes(List<Reconciliation> dates) {
    return dates.stream()
        .flatMap(date -> date.compared().stream())
        .anyMatch(compared -> !compared.conflicts().isEmpty());
  }
}
