package io.tidemark.status;

import io.tidemark.ops.Seal;
import io.tidemark.view.View;
import io.tidemark.view.Window;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a view is recomputed from: every table at one version.
 *
 * @param dimensionVersions of each dimension that the view reads
 * @param viewVersions of the SQL, see {@link View#versions}; the first is what it is called now
 * @param deduplicationWindow within which a delivery keeps later ones of its id from counting
 * @param dimensionContents what they say
 */
public record RecomputationInputs(
    EventsSnapshot events,
    Map<String, Long> dimensionVersions,
    List<String> viewVersions,
    Duration deduplicationWindow,
    DimensionFingerprints dimensionContents) {
  public RecomputationInputs {
    dimensionVersions = Map.copyOf(dimensionVersions);
    viewVersions = List.copyOf(viewVersions);
  }

  public String viewVersion() {
    return viewVersions.get(0);
  }

  /** Whether a seal was made from the same events, dimensions and SQL. */
  public boolean isThatOf(Seal seal, Window window) {
    return seal.events() == events.inReach(seal.date(), window)
        && !isEdited(seal.date(), window, seal.editsThrough())
        && !isErased(seal.date(), window, seal.editsThrough())
        && hasDimensionsOf(seal)
        && hasDefinitionOf(seal);
  }

  /**
   * Whether events were edited that count on the date, or tell which of them count.
   *
   * @param look after which; empty for ever
   */
  public boolean isEdited(LocalDate date, Window window, OptionalLong look) {
    DateRun near = Recomputation.near(window, deduplicationWindow, date);
    return events.edits().anyEdited(near.from(), near.to(), look);
  }

  /** The same of events that were erased. */
  public boolean isErased(LocalDate date, Window window, OptionalLong look) {
    DateRun near = Recomputation.near(window, deduplicationWindow, date);
    return events.edits().anyErased(near.from(), near.to(), look);
  }

  /** Whether a seal was made from the same content of the dimensions. */
  public boolean hasDimensionsOf(Seal seal) {
    return dimensionContents.areThoseOf(seal);
  }

  /** Whether a seal was made by the same SQL, and by the same rule of which deliveries count. */
  public boolean hasDefinitionOf(Seal seal) {
    return viewVersions.contains(seal.viewVersion())
        && seal.deduplicationWindow().filter(deduplicationWindow::equals).isPresent();
  }
}
