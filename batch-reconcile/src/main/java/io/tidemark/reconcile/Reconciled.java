package io.tidemark.reconcile;

import io.tidemark.ops.Seal;
import io.tidemark.status.Comparison;
import io.tidemark.status.HeldBack;
import io.tidemark.status.ViewDates;
import io.tidemark.status.ViewFinality;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was done with dates of a view that were read together, or with all of them.
 *
 * @param view as it stood when the dates were chosen
 * @param passes over the dates; none if there was none to compare
 * @param heldBack dates that checks of quality hold back, and why
 */
record Reconciled(
    ViewDates view, List<ViewReconciliation.Pass> passes, SortedMap<LocalDate, HeldBack> heldBack) {
  Reconciled {
    passes = List.copyOf(passes);
  }

  /** What it comes to. */
  Outcome outcome(List<String> gates) {
    return Outcome.of(
        passes.isEmpty()
            ? ViewFindings.ofNothing(view.finality(), heldBack.values(), gates)
            : ViewFindings.of(view.dates(), passes, heldBack.values(), gates));
  }

  /**
   * The same as if all slices of a view had been read together.
   *
   * @param slices at least one, each with dates
   * @param chosen all of its dates
   * @param delivered for all of them, which does not add up: an id may be delivered on dates of
   *     several slices
   */
  static Reconciled of(GatedDates chosen, List<Reconciled> slices, Drift.Delivered delivered) {
    SortedMap<LocalDate, HeldBack> heldBack = new TreeMap<>(chosen.heldBack());
    slices.forEach(slice -> heldBack.putAll(slice.heldBack()));
    SortedMap<LocalDate, Comparison.Day> before = new TreeMap<>();
    SortedMap<LocalDate, Comparison.Day> after = new TreeMap<>();
    SortedMap<LocalDate, Map<Cause, Long>> causes = new TreeMap<>();
    SortedMap<LocalDate, Seal> sealed = new TreeMap<>();
    ViewFinality finality = chosen.admitted().finality();
    long version = 0;
    for (Reconciled slice : slices) {
      for (ViewReconciliation.Pass pass : slice.passes()) {
        pass.sealed().forEach(date -> sealed.put(date, pass.finality().seals().get(date)));
      }
      ViewReconciliation.Pass first = slice.passes().get(0);
      ViewReconciliation.Pass last = slice.passes().get(slice.passes().size() - 1);
      before.putAll(first.before().dates());
      causes.putAll(first.causes());
      after.putAll(last.after().dates());
      version = last.after().tableVersion();
      // Where others were faster, it was pinned again.
      finality = slice.passes().size() > 1 ? last.finality() : finality;
    }
    ViewReconciliation.Pass all =
        new ViewReconciliation.Pass(
            new Comparison(version, before),
            causes,
            delivered,
            false,
            new Comparison(version, after),
            sealed.keySet(),
            finality.with(sealed));
    return new Reconciled(chosen.admitted(), List.of(all), heldBack);
  }
}
