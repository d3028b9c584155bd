package io.tidemark.lake;

import io.tidemark.dimension.DimensionTable;
import io.tidemark.ops.OperationTables;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.DirectWrite;
import io.tidemark.table.LakeTable;
import io.tidemark.table.RowLevel;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.session.Lake;
import io.tidemark.view.View;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * The tables of a pipeline, opened. Maps are by the name within the pipeline, in the order of its
 * file.
 *
 * @param gates checks of quality that hold back seals
 * @param events an events table per event type
 * @param views each view with its table
 */
public record PipelineTables(
    Pipeline pipeline,
    List<QualityCheck> gates,
    Map<String, LakeTable> events,
    Map<String, LakeTable> dimensions,
    Map<String, ViewTable> views,
    OperationTables operations) {
  public PipelineTables {
    gates = List.copyOf(gates);
    events = Collections.unmodifiableMap(new LinkedHashMap<>(events));
    dimensions = Collections.unmodifiableMap(new LinkedHashMap<>(dimensions));
    views = Collections.unmodifiableMap(new LinkedHashMap<>(views));
  }

  /** A view and the table that holds its rows. */
  public record ViewTable(View view, LakeTable table) {}

  /** Opens every table of the pipeline, and creates those that are absent. */
  public static PipelineTables open(SparkSession spark, Pipeline pipeline) {
    List<QualityCheck> gates = QualityFile.read(pipeline).gates();
    DirectWrite.allow(spark, pipeline.landing().direct());
    RowLevel.applyFrom(spark, pipeline.refresh().largeDateRows());
    Lake lake = Lake.of(spark);
    Map<String, LakeTable> events = new LinkedHashMap<>();
    for (EventSource source : pipeline.events()) {
      events.put(source.name(), lake.create(definition(pipeline, source)));
    }
    Map<String, LakeTable> dimensions = new LinkedHashMap<>();
    for (DimensionSource source : pipeline.dimensions()) {
      dimensions.put(source.name(), lake.create(definition(pipeline, source)));
    }
    Map<String, ViewTable> views = new LinkedHashMap<>();
    for (ViewDefinition definition : pipeline.views()) {
      View view = View.of(definition, pipeline);
      TableDefinition table =
          view.table(spark, events.get(view.events()).definition().columns(), columns(dimensions));
      views.put(view.name(), new ViewTable(view, lake.create(table)));
    }
    return new PipelineTables(
        pipeline,
        gates,
        events,
        dimensions,
        views,
        OperationTables.open(lake, pipeline.operations()));
  }

  static TableDefinition definition(Pipeline pipeline, EventSource source) {
    return new TableDefinition(
        pipeline.table(source.name()),
        source.format(),
        EventColumns.of(EventColumns.reader(source.schema())),
        Optional.of(EventColumns.DATE),
        List.of(EventColumns.EVENT_TIME, EventColumns.LANDED_BATCH, EventColumns.OFFSET));
  }

  static TableDefinition definition(Pipeline pipeline, DimensionSource source) {
    StructType fields = EventColumns.fields(EventColumns.reader(source.schema()));
    return new TableDefinition(
        pipeline.table(source.name()),
        source.format(),
        DimensionTable.columns(fields),
        Optional.empty(),
        source.key());
  }

  /** The columns of every dimension, by its name. */
  public Map<String, StructType> dimensionColumns() {
    return columns(dimensions);
  }

  private static Map<String, StructType> columns(Map<String, LakeTable> dimensions) {
    return dimensions.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().definition().columns()));
  }
}
