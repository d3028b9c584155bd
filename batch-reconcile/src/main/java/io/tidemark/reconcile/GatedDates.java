package io.tidemark.reconcile;

import io.tidemark.status.Gates;
import io.tidemark.status.HeldBack;
import io.tidemark.status.Review;
import io.tidemark.status.ViewDates;
import io.tidemark.status.ViewFinality;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The dates of a view that are to be reconciled, less those that checks of quality hold back.
 *
 * @param heldBack these, and why
 */
record GatedDates(ViewDates admitted, SortedMap<LocalDate, HeldBack> heldBack) {

  /** A date that is final stays so, and a run that only reports seals and repairs nothing. */
  static GatedDates of(ReconcileRun run, Gates gates, ViewDates chosen) {
    if (run.reportOnly()) {
      return new GatedDates(chosen, new TreeMap<>());
    }
    ViewFinality finality = chosen.finality();
    SortedSet<LocalDate> unproven = new TreeSet<>(chosen.dates());
    unproven.removeIf(finality::isFinal);
    SortedMap<LocalDate, HeldBack> heldBack = gates.heldBack(chosen.tables(), finality, unproven);
    SortedSet<LocalDate> admitted = new TreeSet<>(chosen.dates());
    admitted.removeAll(heldBack.keySet());
    ViewFinality reviewed = reviewed(run, chosen, heldBack.keySet());
    // A delivery that changes nothing, a duplicate for one, leaves a seal as true as it was.
    heldBack.keySet().removeIf(reviewed::isFinal);
    return new GatedDates(new ViewDates(chosen.tables(), reviewed, admitted), heldBack);
  }

  private static ViewFinality reviewed(
      ReconcileRun run, ViewDates chosen, Set<LocalDate> heldBack) {
    ViewFinality finality = chosen.finality();
    SortedSet<LocalDate> besides = new TreeSet<>(finality.dirty());
    besides.removeAll(heldBack);
    return Review.of(
            run.spark(),
            List.of(chosen.tables()),
            Map.of(finality.view(), finality),
            Map.of(finality.view(), besides))
        .get(finality.view());
  }
}
