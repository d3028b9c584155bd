package io.tidemark.reconcile;

import io.tidemark.lake.PipelineTables;
import io.tidemark.output.Progress;
import io.tidemark.status.DateSlices;
import io.tidemark.status.Gates;
import io.tidemark.status.PinnedEvents;
import io.tidemark.status.SideBySide;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciles views slice by slice of their dates. Each slice is read, proven, sealed and let go
 * before the next one is read, so a run that is killed leaves what it had sealed. All slices read
 * the same versions, and what is found of them together is what would be found of all dates at
 * once.
 */
final class SlicedReconciliation {
  private static final Logger LOG = LoggerFactory.getLogger(SlicedReconciliation.class);

  private final ReconcileRun run;
  private final PipelineTables tables;
  private final DateSlices most;

  SlicedReconciliation(ReconcileRun run, PipelineTables tables, DateSlices most) {
    this.run = run;
    this.tables = tables;
    this.most = most;
  }

  /**
   * Three views at a time. One that fails does not keep the others from being reconciled, and then
   * the first failure is thrown.
   */
  List<Outcome> outcomes(List<GatedDates> chosen) {
    long dates = chosen.stream().mapToLong(view -> view.admitted().dates().size()).sum();
    if (dates == 0) {
      return outcomes(chosen, done -> {});
    }
    long views = chosen.stream().filter(view -> !view.admitted().dates().isEmpty()).count();
    String unit = views == 1 ? "dates of a view" : "dates of %,d views".formatted(views);
    try (Progress progress = Progress.plan("reconcile", dates, unit)) {
      return outcomes(chosen, progress::step);
    }
  }

  /**
   * @param done told how many dates of a view are through
   */
  private List<Outcome> outcomes(List<GatedDates> chosen, LongConsumer done) {
    List<SortedSet<LocalDate>> slices = slices(chosen);
    List<String> gates = Gates.names(tables);
    ViewReconciliation reconciliation = new ViewReconciliation(run, tables);
    List<SlicedView> views =
        chosen.stream().map(view -> new SlicedView(run, reconciliation, view, gates)).toList();
    SideBySide.of(
        views.stream().filter(view -> slices.stream().filter(view::isIn).count() > 1).toList(),
        SlicedView::countDeliveries);
    for (int slice = 0; slice < slices.size(); slice++) {
      reconcile(views, slices.get(slice), slice == 0, done);
      LOG.info("Reconciled slice {} of {}", slice + 1, slices.size());
    }
    return SideBySide.of(views, SlicedView::outcome);
  }

  /** At least one, which may be empty. */
  private List<SortedSet<LocalDate>> slices(List<GatedDates> chosen) {
    List<SortedSet<LocalDate>> slices =
        new ArrayList<>(most.of(chosen.stream().map(GatedDates::admitted).toList()));
    if (slices.isEmpty()) {
      slices.add(new TreeSet<>());
    }
    return slices;
  }

  private void reconcile(
      List<SlicedView> views, SortedSet<LocalDate> slice, boolean isFirst, LongConsumer done) {
    List<SlicedView> going =
        views.stream()
            .filter(view -> !view.hasFailed())
            .filter(view -> isFirst || view.isIn(slice))
            .toList();
    try (PinnedEvents events =
        PinnedEvents.of(run.spark(), going.stream().map(view -> view.on(slice)).toList())) {
      SideBySide.of(
          going,
          view -> {
            boolean went = view.reconcile(slice, isFirst, events);
            if (went) {
              done.accept(view.on(slice).dates().size());
            }
            return went;
          });
    }
  }
}
