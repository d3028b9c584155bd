package io.tidemark.reconcile;

import io.tidemark.status.HeldBack;
import io.tidemark.status.ViewFinality;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What reconciling a view found and did.
 *
 * @param from the first date reconciled, null if there was none to reconcile
 * @param to the last date reconciled
 * @param dates how many were
 * @param driftBefore keys that differed before anything was repaired
 * @param driftAfter keys that still differ
 * @param causes keys that differed, by {@link Cause}
 * @param agreementBefore keys whose rows were equal, of all keys of either side
 * @param conflicts examples of deliveries of one id that differ, see {@link Deliveries#conflicting}
 * @param sealed how many dates were sealed that were not sealed, or dirty
 * @param lastClosed the last date that could be reconciled, null if none could
 * @param open dates that have events and could not be reconciled yet, so that they are not sealed
 * @param tidemark the last date up to which every date is final, null if there is none
 * @param refused dates that have failed a check of quality, none of which was reconciled
 * @param waiting dates that wait for a check of quality, none of which was reconciled
 * @param gates the checks of the pipeline that hold back dates
 */
public record ViewFindings(
    String view,
    LocalDate from,
    LocalDate to,
    int dates,
    long driftBefore,
    long driftAfter,
    Map<String, Long> causes,
    double agreementBefore,
    Deliveries deliveries,
    List<Conflict> conflicts,
    int sealed,
    LocalDate lastClosed,
    List<LocalDate> open,
    LocalDate tidemark,
    List<HeldBack> refused,
    List<HeldBack> waiting,
    List<String> gates) {
  public ViewFindings {
    refused = List.copyOf(refused);
    waiting = List.copyOf(waiting);
    gates = List.copyOf(gates);
    open = List.copyOf(open);
    conflicts = List.copyOf(conflicts);
    causes = new TreeMap<>(causes);
  }

  /** Whether checks of quality have held back dates. */
  public boolean holdsBack() {
    return !refused.isEmpty() || !waiting.isEmpty();
  }

  public static List<HeldBack> refused(Collection<HeldBack> heldBack) {
    return heldBack.stream().filter(HeldBack::failed).toList();
  }

  public static List<HeldBack> waiting(Collection<HeldBack> heldBack) {
    return heldBack.stream().filter(date -> !date.failed()).toList();
  }

  static ViewFindings ofNothing(
      ViewFinality finality, Collection<HeldBack> heldBack, List<String> gates) {
    return new ViewFindings(
        finality.view(),
        null,
        null,
        0,
        0,
        0,
        Map.of(),
        1,
        Deliveries.NONE,
        List.of(),
        0,
        finality.lastClosed().orElse(null),
        finality.open(),
        finality.tidemark().orElse(null),
        refused(heldBack),
        waiting(heldBack),
        gates);
  }

  /** What the first pass found, all of them sealed, and the last one left. */
  static ViewFindings of(
      SortedSet<LocalDate> dates,
      List<ViewReconciliation.Pass> passes,
      Collection<HeldBack> heldBack,
      List<String> gates) {
    ViewReconciliation.Pass first = passes.get(0);
    ViewReconciliation.Pass last = passes.get(passes.size() - 1);
    Map<String, Long> causes = new TreeMap<>();
    for (Map<Cause, Long> ofDate : first.causes().values()) {
      ofDate.forEach((cause, keys) -> causes.merge(cause.text(), keys, Long::sum));
    }
    return new ViewFindings(
        last.finality().view(),
        dates.first(),
        dates.last(),
        dates.size(),
        first.before().drift(),
        last.after().drift(),
        causes,
        first.before().agreement(),
        last.delivered().deliveries(),
        last.delivered().conflicts().examples(),
        passes.stream().mapToInt(pass -> pass.sealed().size()).sum(),
        last.finality().lastClosed().orElse(null),
        last.finality().open(),
        last.finality().tidemark().orElse(null),
        refused(heldBack),
        waiting(heldBack),
        gates);
  }
}
