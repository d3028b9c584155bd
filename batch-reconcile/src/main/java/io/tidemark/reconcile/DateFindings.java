package io.tidemark.reconcile;

import io.tidemark.ops.Reconciliation;
import io.tidemark.status.Comparison;
import io.tidemark.status.HeldBack;
import io.tidemark.status.RecomputationInputs;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a run found of each date of a view and did about it, as {@code ops.reconciliations} keeps
 * it.
 *
 * @param open dates that are not to be reconciled yet
 */
record DateFindings(Reconciled reconciled, Collection<LocalDate> open) {
  private static final String OPEN = "open";

  /** In the order of dates. */
  List<Reconciliation> dates() {
    SortedMap<LocalDate, Reconciliation> dates = new TreeMap<>();
    open.forEach(date -> dates.put(date, notCompared(date, OPEN, Optional.empty())));
    reconciled
        .heldBack()
        .forEach(
            (date, held) ->
                dates.put(
                    date,
                    notCompared(
                        date,
                        held.failed() ? Outcome.Refused.WORD : Outcome.Waiting.WORD,
                        Optional.of(held.reason()))));
    if (!reconciled.passes().isEmpty()) {
      first().before().dates().keySet().forEach(date -> dates.put(date, compared(date)));
    }
    return List.copyOf(dates.values());
  }

  private static Reconciliation notCompared(
      LocalDate date, String outcome, Optional<String> reason) {
    return new Reconciliation(date, outcome, reason, false, Optional.empty());
  }

  /** What the first pass found; what the last one with the date has left. */
  private Reconciliation compared(LocalDate date) {
    Comparison.Day before = first().before().dates().get(date);
    ViewReconciliation.Pass last = last(date);
    Comparison.Day after = last.after().dates().get(date);
    Map<String, Long> drift = new HashMap<>();
    first()
        .causes()
        .getOrDefault(date, Map.of())
        .forEach((cause, keys) -> drift.put(cause.text(), keys));
    Optional<HeldBack> held = Optional.ofNullable(reconciled.heldBack().get(date));
    Reconciliation.Compared compared =
        new Reconciliation.Compared(
            after.rows(),
            before.equal(),
            before.divergent(),
            after.divergent(),
            drift,
            last.delivered().conflicts().byDate().getOrDefault(date, 0L),
            examples(last, date),
            readFrom(last));
    return new Reconciliation(
        date,
        held.map(why -> why.failed() ? Outcome.Refused.WORD : Outcome.Waiting.WORD)
            .orElse(outcome(compared)),
        held.map(HeldBack::reason),
        reconciled.passes().stream().anyMatch(pass -> pass.sealed().contains(date)),
        Optional.of(compared));
  }

  private static String outcome(Reconciliation.Compared compared) {
    if (compared.driftAfter() > 0) {
      return Outcome.Drifted.WORD;
    }
    return compared.driftBefore() > 0 ? Outcome.Repaired.WORD : Outcome.InSync.WORD;
  }

  private static Reconciliation.ReadFrom readFrom(ViewReconciliation.Pass pass) {
    RecomputationInputs inputs = pass.finality().inputs();
    return new Reconciliation.ReadFrom(
        inputs.events().version(),
        inputs.dimensionVersions(),
        pass.after().tableVersion(),
        inputs.viewVersion());
  }

  private static List<Reconciliation.Example> examples(
      ViewReconciliation.Pass pass, LocalDate date) {
    return pass.delivered().conflicts().examples().stream()
        .filter(conflict -> conflict.date().equals(date))
        .map(Conflict::example)
        .toList();
  }

  private ViewReconciliation.Pass first() {
    return reconciled.passes().get(0);
  }

  private ViewReconciliation.Pass last(LocalDate date) {
    ViewReconciliation.Pass last = first();
    for (ViewReconciliation.Pass pass : reconciled.passes()) {
      last = pass.after().dates().containsKey(date) ? pass : last;
    }
    return last;
  }
}
