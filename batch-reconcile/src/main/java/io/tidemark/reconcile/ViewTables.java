package io.tidemark.reconcile;

import io.tidemark.lake.PipelineTables;
import io.tidemark.table.LakeTable;
import io.tidemark.view.View;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * A view and the tables around it.
 *
 * @param table the view's own
 * @param events the events table that it reads
 * @param dimensions the dimensions that it reads, by their name in its SQL
 */
record ViewTables(View view, LakeTable table, LakeTable events, Map<String, LakeTable> dimensions) {
  ViewTables {
    dimensions = Map.copyOf(dimensions);
  }

  /** Those of one of a pipeline's views. */
  static ViewTables of(PipelineTables tables, String view) {
    PipelineTables.ViewTable opened = tables.views().get(view);
    Map<String, LakeTable> dimensions = new HashMap<>(tables.dimensions());
    dimensions.keySet().retainAll(opened.view().dimensions());
    return new ViewTables(
        opened.view(), opened.table(), tables.events().get(opened.view().events()), dimensions);
  }

  /** Names what is there now. Counts first, so that they are never of more than the version. */
  Basis basis() {
    var eventsByDate = new TreeMap<>(events.countsByDate());
    Map<String, Long> dimensionVersions = new HashMap<>();
    dimensions.forEach((name, dimension) -> dimensionVersions.put(name, dimension.version()));
    return new Basis(events.version(), eventsByDate, dimensionVersions, view.version());
  }
}
