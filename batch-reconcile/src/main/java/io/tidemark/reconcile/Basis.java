package io.tidemark.reconcile;

import io.tidemark.ops.Seal;
import io.tidemark.view.Window;
import java.util.Map;

/**
 * What a view is recomputed from: every table at one version.
 *
 * @param dimensionVersions of each dimension that the view reads
 * @param viewVersion of the SQL
 */
record Basis(EventsBasis events, Map<String, Long> dimensionVersions, String viewVersion) {
  Basis {
    dimensionVersions = Map.copyOf(dimensionVersions);
  }

  /** Whether a seal was made from the same events, dimensions and SQL. */
  boolean isThatOf(Seal seal, Window window) {
    return seal.events() == events.inReach(seal.date(), window)
        && seal.dimensionVersions().equals(dimensionVersions)
        && seal.viewVersion().equals(viewVersion);
  }
}
