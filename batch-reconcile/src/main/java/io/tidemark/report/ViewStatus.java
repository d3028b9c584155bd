package io.tidemark.report;

import io.tidemark.ops.Reconciliation;
import io.tidemark.ops.Reconciliations;
import io.tidemark.ops.RefreshedBatch;
import io.tidemark.ops.Refreshes;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.reconcile.ViewFindings;
import io.tidemark.status.Gates;
import io.tidemark.status.HeldBack;
import io.tidemark.status.ViewFinality;
import io.tidemark.status.ViewTables;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * How fresh, how proven and how right a view is. What never happened is null.
 *
 * @param newestEvent the latest event time that its refresh has seen
 * @param late deliveries that its stream has dropped as late since it began
 * @param dropped rows that its stream did not write since it began, because their date is sealed
 * @param refreshedAt when the last refresh ended
 * @param lastClosed the last date whose windows have all ended
 * @param open dates with events after it, which nothing can be said of yet
 * @param tidemark the last date up to which every date is final
 * @param agreedBeforeRepair share of equal rows before repair, at the last reconciliation
 * @param agreedAfterRepair the same when it had ended
 * @param sealed how many dates are sealed
 * @param unsealed closed dates that were never sealed
 * @param dirty sealed dates that have changed since
 * @param refused closed dates that have failed a check of quality, and why
 * @param waiting closed dates that wait for a check of quality, and why
 * @param conflicting event ids with deliveries that differ, on each sealed date
 * @param conflicts examples of them, from the last reconciliation
 */
public record ViewStatus(
    String view,
    long rows,
    Instant newestEvent,
    long late,
    long dropped,
    Instant refreshedAt,
    Instant watermark,
    LocalDate lastClosed,
    List<LocalDate> open,
    LocalDate tidemark,
    Double agreedBeforeRepair,
    Double agreedAfterRepair,
    int sealed,
    int unsealed,
    SortedSet<LocalDate> dirty,
    List<HeldBack> refused,
    List<HeldBack> waiting,
    long conflicting,
    List<Reconciliation.Example> conflicts) {

  static ViewStatus of(
      ViewTables tables,
      ViewFinality finality,
      Gates gates,
      Refreshes.NotCounted notCounted,
      Optional<Reconciliations.Last> last) {
    Optional<RefreshedBatch> refreshed = finality.refreshed();
    ViewDefinition definition = tables.view().definition();
    Collection<HeldBack> heldBack = gates.heldBack(tables, finality, finality.unproven()).values();
    // Spark's watermark stands at 1970 until an event moves it.
    Optional<Instant> watermark =
        refreshed.map(RefreshedBatch::watermark).filter(Instant.EPOCH::isBefore);
    return new ViewStatus(
        definition.name(),
        tables.table().countsByDate().values().stream().mapToLong(Long::longValue).sum(),
        refreshed
            .flatMap(RefreshedBatch::newestEvent)
            // Earlier versions did not keep it. The watermark trails it by the lateness of its day.
            .or(() -> watermark.map(reached -> reached.plus(definition.lateness())))
            .orElse(null),
        notCounted.late(),
        notCounted.sealedRows(),
        refreshed.map(RefreshedBatch::refreshedAt).orElse(null),
        watermark.orElse(null),
        finality.lastClosed().orElse(null),
        finality.open(),
        finality.tidemark().orElse(null),
        last.map(Reconciliations.Last::agreedBefore).orElse(null),
        last.map(Reconciliations.Last::agreedAfter).orElse(null),
        finality.seals().size(),
        (int)
            finality.closed().stream().filter(date -> !finality.seals().containsKey(date)).count(),
        finality.dirty(),
        ViewFindings.refused(heldBack),
        ViewFindings.waiting(heldBack),
        finality.seals().values().stream().mapToLong(seal -> seal.conflicting().orElse(0)).sum(),
        last.map(Reconciliations.Last::conflicts).orElse(List.of()));
  }
}
