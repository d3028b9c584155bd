package io.tidemark.lake;

import io.tidemark.ops.OperationTables;
import io.tidemark.ops.Operations;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableProblem;
import io.tidemark.table.session.Lake;
import io.tidemark.view.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Whether the tables of a pipeline can be what its file, schemas and views say: in a new lake, and
 * in one that has some of them already. Nothing is written.
 */
public final class LakeCheck {
  private final SparkSession spark;
  private final Pipeline pipeline;
  private final Map<String, StructType> columns = new HashMap<>();
  private final Map<TableDefinition, Place> tables = new LinkedHashMap<>();
  private final List<View> views = new ArrayList<>();

  /** Where a table is defined: a file, and the key or view within it. */
  private record Place(java.nio.file.Path file, String key, boolean isSchema) {
    void add(Problems problems, TableProblem problem) {
      problems.add(file.toString(), 0, isSchema ? problem.column() : key, problem.message());
    }
  }

  private LakeCheck(SparkSession spark, Pipeline pipeline) {
    this.spark = spark;
    this.pipeline = pipeline;
    for (EventSource source : pipeline.events()) {
      TableDefinition table = PipelineTables.definition(pipeline, source);
      columns.put(source.name(), table.columns());
      tables.put(table, new Place(source.schema(), source.name(), true));
    }
    Map<String, StructType> dimensions = new HashMap<>();
    for (DimensionSource source : pipeline.dimensions()) {
      TableDefinition table = PipelineTables.definition(pipeline, source);
      dimensions.put(source.name(), table.columns());
      tables.put(table, new Place(source.schema(), source.name(), true));
    }
    for (ViewDefinition definition : pipeline.views()) {
      View view = View.of(definition, pipeline);
      views.add(view);
      tables.put(
          view.table(spark, columns.get(view.events()), dimensions),
          new Place(definition.file(), definition.name(), false));
    }
    columns.putAll(dimensions);
  }

  /** Adds what no new lake could keep. The views are valid. */
  public static void check(SparkSession spark, Pipeline pipeline, Problems problems) {
    Lake lake = Lake.of(spark);
    LakeCheck check = new LakeCheck(spark, pipeline);
    check.tables.forEach(
        (table, place) ->
            lake.creationProblems(table).forEach(problem -> place.add(problems, problem)));
    check.checkQuality(problems);
  }

  private void checkQuality(Problems problems) {
    Map<String, StructType> known = new HashMap<>();
    tables.keySet().forEach(table -> known.put(table.name(), table.columns()));
    for (Operations table : Operations.values()) {
      known.put(table.tableName(), table.columns());
    }
    new QualityColumns(spark, known)
        .check(QualityFile.read(pipeline), List.of(pipeline.name(), "ops"), problems);
  }

  /** Adds what the tables of the lake cannot become. The views are valid. */
  public static void checkTables(SparkSession spark, Pipeline pipeline, Problems problems) {
    LakeCheck check = new LakeCheck(spark, pipeline);
    Lake lake = Lake.of(spark);
    check.tables.forEach(
        (table, place) ->
            lake.evolutionProblems(table).forEach(problem -> place.add(problems, problem)));
    Place operations = new Place(pipeline.folder().resolve("pipeline.yaml"), "operations", false);
    lake.evolutionProblems(Operations.SEALS.table(pipeline.operations()))
        .forEach(problem -> operations.add(problems, problem));
    if (problems.isEmpty()) {
      for (EventSource source : pipeline.events()) {
        check.checkNewFields(
            lake, PipelineTables.definition(pipeline, source), source.schema(), problems);
      }
      // A dimension that comes from a file is loaded again, with all of its fields.
      pipeline.dimensions().stream()
          .filter(source -> source.topic().isPresent())
          .forEach(
              source ->
                  check.checkNewFields(
                      lake,
                      PipelineTables.definition(pipeline, source),
                      source.schema(),
                      problems));
    }
  }

  /** What is there has no value for a field that the table lacks. */
  private void checkNewFields(
      Lake lake, TableDefinition table, java.nio.file.Path schema, Problems problems) {
    List<String> lacking = lake.lacking(table);
    if (lacking.isEmpty()
        || lake.find(table).map(there -> there.read(spark).isEmpty()).orElse(true)) {
      return;
    }
    ReaderFields fields = new ReaderFields(EventColumns.reader(schema));
    for (String path : lacking) {
      fields
          .at(path)
          .flatMap(field -> newField(lake, table, path, field))
          .ifPresent(message -> problems.add(schema.toString(), 0, path, message));
    }
  }

  private static Optional<String> newField(
      Lake lake, TableDefinition table, String path, Schema.Field field) {
    for (String alias : field.aliases()) {
      if (lake.hasUnder(alias, table, path)) {
        return Optional.of(
            "Cannot rename the field %s of table %s to %s: what landed before stays in its column, and whoever reads %s would miss it. Keep the name %s in this schema, with %s as its alias: what writers call %s then lands there."
                .formatted(
                    alias,
                    table.name(),
                    field.name(),
                    field.name(),
                    alias,
                    field.name(),
                    field.name()));
      }
    }
    return field.hasDefaultValue()
        ? Optional.empty()
        : Optional.of(
            "Cannot add the field %s to table %s: it has no default, and what landed before has no value for it. Give it a default, or, if it was there by another name, keep that name, with this one as its alias."
                .formatted(path, table.name()));
  }

  /** What will happen to the streams of views at their next start, in words. */
  public static List<String> notices(
      SparkSession spark, Pipeline pipeline, Environment environment) {
    LakeCheck check = new LakeCheck(spark, pipeline);
    Map<String, StructType> dimensions = new HashMap<>(check.columns);
    pipeline.events().forEach(source -> dimensions.remove(source.name()));
    return check.views.stream()
        .flatMap(
            view ->
                ViewStream.of(
                    spark,
                    pipeline,
                    environment,
                    view,
                    check.columns.get(view.events()),
                    dimensions,
                    check.gap(view),
                    () -> check.sealedVersion(view))
                    .notices()
                    .stream())
        .toList();
  }

  private Function<Path, Optional<String>> gap(View view) {
    EventSource source =
        pipeline.events().stream()
            .filter(events -> events.name().equals(view.events()))
            .findAny()
            .orElseThrow();
    return Lake.of(spark)
        .find(PipelineTables.definition(pipeline, source))
        .map(table -> (Function<Path, Optional<String>>) table::gap)
        .orElse(checkpoint -> Optional.empty());
  }

  private Optional<String> sealedVersion(View view) {
    return OperationTables.seals(Lake.of(spark), pipeline.operations())
        .flatMap(seals -> ViewStream.sealedVersion(spark, seals, pipeline, view));
  }
}
