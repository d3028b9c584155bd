package io.tidemark.status;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.Seal;
import io.tidemark.table.LakeTable;
import io.tidemark.view.View;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * A view and the tables around it.
 *
 * @param table the view's own
 * @param events the events table that it reads
 * @param dimensions the dimensions that it reads, by their name in its SQL
 */
public record ViewTables(
    View view, LakeTable table, LakeTable events, Map<String, LakeTable> dimensions) {
  public ViewTables {
    dimensions = Map.copyOf(dimensions);
  }

  /** Those of every view of a pipeline. */
  public static List<ViewTables> of(PipelineTables tables) {
    return tables.views().keySet().stream().map(view -> of(tables, view)).toList();
  }

  /** Those of one of a pipeline's views. */
  public static ViewTables of(PipelineTables tables, String view) {
    PipelineTables.ViewTable opened = tables.views().get(view);
    Map<String, LakeTable> dimensions = new HashMap<>(tables.dimensions());
    dimensions.keySet().retainAll(opened.view().dimensions());
    return new ViewTables(
        opened.view(), opened.table(), tables.events().get(opened.view().events()), dimensions);
  }

  /** The columns of the events table that the view reads. */
  public List<String> eventColumns() {
    return view.eventColumns(events.definition().columns());
  }

  /**
   * Names what is there now.
   *
   * @param seals that are to be compared with it
   */
  public RecomputationInputs inputs(
      SparkSession spark, EventsSnapshot ofEvents, Collection<Seal> seals) {
    Map<String, Long> dimensionVersions = new HashMap<>();
    dimensions.forEach((name, dimension) -> dimensionVersions.put(name, dimension.version()));
    return new RecomputationInputs(
        ofEvents,
        dimensionVersions,
        view.version().names(),
        view.definition().deduplicationWindow(),
        DimensionFingerprints.of(spark, this, dimensionVersions, seals));
  }
}
