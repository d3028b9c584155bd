package io.tidemark.reconcile;

import io.tidemark.status.HeldBack;
import io.tidemark.status.PinnedEvents;
import io.tidemark.status.SideBySide;
import io.tidemark.status.ViewDates;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** A view on its way through slices of its dates, one after the other. */
final class SlicedView {
  /**
   * A stream that catches up has years of open dates, of which each run would have as many rows.
   */
  private static final int MOST_OPEN = 31;

  private final ReconcileRun run;
  private final ViewReconciliation reconciliation;
  private final GatedDates chosen;
  private final List<String> gates;
  private final List<Reconciled> done = new ArrayList<>();
  private Optional<Drift.Delivered> delivered = Optional.empty();
  private Optional<RuntimeException> failure = Optional.empty();

  /**
   * @param gates checks of quality that hold back dates
   */
  SlicedView(
      ReconcileRun run, ViewReconciliation reconciliation, GatedDates chosen, List<String> gates) {
    this.run = run;
    this.reconciliation = reconciliation;
    this.chosen = chosen;
    this.gates = gates;
  }

  /** Its dates in a slice. */
  ViewDates on(SortedSet<LocalDate> slice) {
    return chosen.admitted().on(slice);
  }

  boolean isIn(SortedSet<LocalDate> slice) {
    return !Collections.disjoint(chosen.admitted().dates(), slice);
  }

  boolean hasFailed() {
    return failure.isPresent();
  }

  /** What was delivered does not add up: an id may be delivered on dates of several slices. */
  boolean countDeliveries() {
    return tried(() -> delivered = Optional.of(reconciliation.delivered(chosen.admitted())));
  }

  /**
   * @param isFirst whether it is the first slice, which also says what is not to be reconciled
   * @param events what counts on the slice
   */
  boolean reconcile(SortedSet<LocalDate> slice, boolean isFirst, PinnedEvents events) {
    SortedMap<LocalDate, HeldBack> heldBack = isFirst ? chosen.heldBack() : new TreeMap<>();
    return tried(
        () -> {
          Instant startedAt = run.clock().instant();
          Reconciled reconciled =
              reconciliation.reconcile(
                  new GatedDates(on(slice), heldBack),
                  chosen.admitted().dates(),
                  events,
                  delivered);
          List<LocalDate> open = isFirst ? earliestOpen() : List.of();
          Keeping.of(run, reconciled, open, gates, startedAt);
          done.add(reconciled);
        });
  }

  private List<LocalDate> earliestOpen() {
    List<LocalDate> open = chosen.admitted().finality().open();
    return open.subList(0, Math.min(open.size(), MOST_OPEN));
  }

  /** Whether it went well. */
  private boolean tried(Runnable work) {
    try {
      work.run();
    } catch (Throwable e) { // An Error in one view, too, leaves the others their slices.
      failure = Optional.of(SideBySide.unchecked(e));
    }
    return failure.isEmpty();
  }

  /**
   * Of all slices together.
   *
   * @throws RuntimeException if one has failed
   */
  Outcome outcome() {
    if (failure.isPresent()) {
      throw failure.get();
    }
    if (delivered.isEmpty()) {
      return whole().outcome(gates);
    }
    return Reconciled.of(chosen, compared(), delivered.get()).outcome(gates);
  }

  /** All dates in one slice; the first one may have had none of them. */
  private Reconciled whole() {
    List<Reconciled> compared = compared();
    return compared.isEmpty()
        ? done.get(0)
        : new Reconciled(
            compared.get(0).view(), compared.get(0).passes(), heldBack(compared.get(0)));
  }

  private SortedMap<LocalDate, HeldBack> heldBack(Reconciled slice) {
    SortedMap<LocalDate, HeldBack> heldBack = new TreeMap<>(chosen.heldBack());
    heldBack.putAll(slice.heldBack());
    return heldBack;
  }

  private List<Reconciled> compared() {
    return done.stream().filter(slice -> !slice.passes().isEmpty()).toList();
  }
}
