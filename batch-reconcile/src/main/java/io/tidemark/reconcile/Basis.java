package io.tidemark.reconcile;

import io.tidemark.ops.Seal;
import io.tidemark.view.Window;
import java.time.Duration;
import java.util.Map;

/**
 * What a view is recomputed from: every table at one version.
 *
 * @param dimensionVersions of each dimension that the view reads
 * @param viewVersion of the SQL
 * @param deduplicationWindow within which a delivery keeps later ones of its id from counting
 */
record Basis(
    EventsBasis events,
    Map<String, Long> dimensionVersions,
    String viewVersion,
    Duration deduplicationWindow) {
  Basis {
    dimensionVersions = Map.copyOf(dimensionVersions);
  }

  /** Whether a seal was made from the same events, dimensions and SQL. */
  boolean isThatOf(Seal seal, Window window) {
    return seal.events() == events.inReach(seal.date(), window)
        && hasDimensionsOf(seal)
        && hasDefinitionOf(seal);
  }

  /** Whether a seal was made from the same content of the dimensions. */
  boolean hasDimensionsOf(Seal seal) {
    return seal.dimensionVersions().equals(dimensionVersions);
  }

  /** Whether a seal was made by the same SQL, and by the same rule of which deliveries count. */
  boolean hasDefinitionOf(Seal seal) {
    return seal.viewVersion().equals(viewVersion)
        && seal.deduplicationWindow().filter(deduplicationWindow::equals).isPresent();
  }
}
