package io.tidemark.table.delta;

import static java.util.stream.Collectors.joining;

import io.tidemark.table.Columns;
import io.tidemark.table.Conflicts;
import io.tidemark.table.Evolution;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Storage;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableName;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaAnalysisException;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.NoMapping$;
import org.apache.spark.sql.delta.schema.SchemaMergingUtils;
import org.apache.spark.sql.delta.schema.SchemaUtils;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/** Delta tables, each in a folder {@code schema/table} of the warehouse. */
public final class DeltaStorage implements Storage {
  private static final Set<String> UNFINISHED =
      Set.of("DELTA_CREATE_TABLE_WITH_NON_EMPTY_LOCATION", "DELTA_TABLE_NOT_FOUND");

  private final SparkSession spark;
  private final Path warehouse;

  public DeltaStorage(SparkSession spark, Path warehouse) {
    this.spark = spark;
    this.warehouse = warehouse;
  }

  @Override
  public boolean has(String name) {
    return DeltaLog.forTable(spark, path(name))
            .update(false, Option.empty(), Option.empty())
            .version()
        >= 0;
  }

  @Override
  public LakeTable create(TableDefinition definition) {
    try {
      return createWithOthers(definition);
    } catch (Exception e) { // Scala throws checked ones too.
      if (!Conflicts.causedBy(e, DeltaStorage::isUnfinished) || !deleteIfEmpty(definition)) {
        throw e;
      }
      return createWithOthers(definition);
    }
  }

  @Override
  public void dryRun(TableDefinition definition) {
    StructType columns = Columns.of(definition);
    SchemaMergingUtils.checkColumnNameDuplication(
        columns, "in the table " + definition.name(), false);
    SchemaUtils.checkSchemaFieldNames(columns, NoMapping$.MODULE$);
    if (!SchemaUtils.findUnsupportedDataTypes(columns).isEmpty()) {
      throw new IllegalArgumentException(
          SchemaUtils.findUnsupportedDataTypes(columns).head().toString());
    }
  }

  @Override
  public Evolution evolution(TableDefinition definition) {
    return Evolution.of(
        definition, new DeltaTable(spark, definition, path(definition.name())).columns());
  }

  @Override
  public LakeTable table(TableDefinition definition) {
    return new DeltaTable(spark, definition, path(definition.name()));
  }

  @Override
  public List<String> names() {
    Path pattern = new Path(warehouse, "*/*/_delta_log");
    try {
      FileStatus[] logs =
          pattern.getFileSystem(spark.sessionState().newHadoopConf()).globStatus(pattern);
      return Arrays.stream(logs)
          .map(log -> log.getPath().getParent())
          .map(table -> table.getParent().getName() + "." + table.getName())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the Delta tables in " + warehouse, e);
    }
  }

  @Override
  public void register(SparkSession session, TableName name) {
    session.catalog().createTable("spark_catalog." + name, path(name.toString()), "delta");
  }

  private String path(String name) {
    return new Path(warehouse, TableName.of(name).path()).toString();
  }

  private DeltaTable createOnce(TableDefinition definition) {
    DeltaTable table = new DeltaTable(spark, definition, path(definition.name()));
    if (!has(definition.name())) {
      createEmpty(definition);
    }
    evolve(table);
    return table;
  }

  private LakeTable createWithOthers(TableDefinition definition) {
    return Conflicts.retry(
        definition.name(),
        () -> createOnce(definition),
        failure -> DeltaCommit.isConflict(failure) || isUnfinished(failure));
  }

  /**
   * The folder is there, and no first commit: another writer is about to make it, or was killed.
   */
  private static boolean isUnfinished(Throwable failure) {
    return failure instanceof DeltaAnalysisException unfinished
        && UNFINISHED.contains(unfinished.getCondition());
  }

  /** Deletes the folders that a killed writer has left; false if there is a file in them. */
  private boolean deleteIfEmpty(TableDefinition definition) {
    Path folder = new Path(path(definition.name()));
    try {
      return deleteIfEmpty(folder.getFileSystem(spark.sessionState().newHadoopConf()), folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look into " + folder, e);
    }
  }

  /**
   * One by one, each only if nothing is in it: another writer may be making the first commit, or
   * deleting the same.
   *
   * @return whether it is gone
   */
  private static boolean deleteIfEmpty(FileSystem files, Path folder) throws IOException {
    try {
      for (FileStatus inside : files.listStatus(folder)) {
        if (inside.isFile() || !deleteIfEmpty(files, inside.getPath())) {
          return false;
        }
      }
      return files.delete(folder, false) || !files.exists(folder);
    } catch (FileNotFoundException gone) {
      return true;
    } catch (IOException e) {
      if (files.listStatus(folder).length > 0) {
        return false;
      }
      throw e;
    }
  }

  private void createEmpty(TableDefinition definition) {
    var builder =
        io.delta.tables.DeltaTable.createIfNotExists(spark)
            .location(path(definition.name()))
            .addColumns(Columns.of(definition))
            .property("delta.checkpointInterval", "50");
    // Statistics of a column cost about a tenth of a write.
    String pruning =
        definition.pruning().stream()
            .filter(Predicate.not(column -> definition.date().filter(column::equals).isPresent()))
            .map(column -> "`" + column + "`")
            .collect(joining(","));
    builder =
        pruning.isEmpty()
            ? builder.property("delta.dataSkippingNumIndexedCols", "0")
            : builder.property("delta.dataSkippingStatsColumns", pruning);
    if (definition.date().isPresent()) {
      builder = builder.partitionedBy(definition.date().get());
    }
    builder.execute();
  }

  /** One commit for each change; those that a crash leaves undone are done with the next start. */
  private void evolve(DeltaTable table) {
    Evolution evolution = Evolution.of(table.definition(), table.columns());
    evolution.require(table.name());
    List<Evolution.Change> changes = evolution.changes();
    if (changes.stream().anyMatch(change -> change.kind() == Evolution.Kind.WIDEN)) {
      alter(table, "SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true')");
    }
    if (changes.stream().anyMatch(change -> change.type().sql().contains("TIMESTAMP_NTZ"))) {
      // Delta turns the feature on by itself only when a table is created.
      alter(table, "SET TBLPROPERTIES ('delta.feature.timestampNtz' = 'supported')");
    }
    String added =
        changes.stream()
            .filter(change -> change.kind() == Evolution.Kind.ADD)
            .map(change -> change.quoted() + " " + change.type().sql())
            .collect(joining(", "));
    if (!added.isEmpty()) {
      alter(table, "ADD COLUMNS (%s)".formatted(added));
    }
    for (Evolution.Change change : changes) {
      switch (change.kind()) {
        case WIDEN ->
            alter(table, "ALTER COLUMN %s TYPE %s".formatted(change.quoted(), change.type().sql()));
        case RELAX -> alter(table, "ALTER COLUMN %s DROP NOT NULL".formatted(change.quoted()));
        case ADD -> {}
      }
    }
  }

  private void alter(DeltaTable table, String how) {
    spark.sql("ALTER TABLE delta.`%s` %s".formatted(table.path(), how));
  }
}
