package io.tidemark.reconcile;

import io.tidemark.status.Gates;
import io.tidemark.status.Standing;
import io.tidemark.status.ViewTables;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
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
 * @param refused dates that checks of quality have held back, none of which was reconciled
 */
public record Findings(
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
    List<Refusal> refused) {
  public Findings {
    // Runs of earlier versions are kept without.
    refused = refused == null ? List.of() : List.copyOf(refused);
    open = open == null ? List.of() : List.copyOf(open);
    conflicts = conflicts == null ? List.of() : List.copyOf(conflicts);
    causes = new TreeMap<>(causes);
  }

  /**
   * A date that was held back, and why.
   *
   * @param failed whether a check has failed; otherwise one was not asked of what is there now
   */
  public record Refusal(LocalDate date, String reason, boolean failed) {
    /** Those of these dates that gates hold back. */
    static SortedMap<LocalDate, Refusal> of(
        Gates gates, ViewTables view, Standing standing, Collection<LocalDate> dates) {
      SortedMap<LocalDate, String> reasons = gates.refusals(view, standing, dates);
      Set<LocalDate> failed = gates.failures(view, standing, reasons.keySet()).keySet();
      SortedMap<LocalDate, Refusal> refused = new TreeMap<>();
      reasons.forEach(
          (date, reason) -> refused.put(date, new Refusal(date, reason, failed.contains(date))));
      return refused;
    }
  }

  static Findings ofNothing(Standing standing, SortedMap<LocalDate, Refusal> refused) {
    return new Findings(
        standing.view(),
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
        standing.lastClosed().orElse(null),
        standing.open(),
        standing.tidemark().orElse(null),
        List.copyOf(refused.values()));
  }

  /** What the first pass found, all of them sealed, and the last one left. */
  static Findings of(
      SortedSet<LocalDate> dates,
      List<ViewReconciliation.Pass> passes,
      SortedMap<LocalDate, Refusal> refused) {
    ViewReconciliation.Pass first = passes.get(0);
    ViewReconciliation.Pass last = passes.get(passes.size() - 1);
    Map<String, Long> causes = new TreeMap<>();
    for (Map<Cause, Long> ofDate : first.causes().values()) {
      ofDate.forEach((cause, keys) -> causes.merge(cause.text(), keys, Long::sum));
    }
    return new Findings(
        last.standing().view(),
        dates.first(),
        dates.last(),
        dates.size(),
        first.before().drift(),
        last.after().drift(),
        causes,
        first.before().agreement(),
        last.delivered().deliveries(),
        last.delivered().conflicts().examples(),
        passes.stream().mapToInt(ViewReconciliation.Pass::sealed).sum(),
        last.standing().lastClosed().orElse(null),
        last.standing().open(),
        last.standing().tidemark().orElse(null),
        List.copyOf(refused.values()));
  }
}
