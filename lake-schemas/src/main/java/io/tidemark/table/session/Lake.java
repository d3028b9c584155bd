package io.tidemark.table.session;

import io.tidemark.table.Columns;
import io.tidemark.table.Evolution;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Storage;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TableName;
import io.tidemark.table.TableProblem;
import io.tidemark.table.delta.DeltaStorage;
import io.tidemark.table.iceberg.IcebergCatalog;
import io.tidemark.table.iceberg.IcebergStorage;
import java.net.URI;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.catalog.CatalogDatabase;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Map$;

/** All tables of a warehouse, in both formats. */
public final class Lake {
  private final Map<TableFormat, Storage> storages;

  private Lake(Map<TableFormat, Storage> storages) {
    this.storages = storages;
  }

  /** The lake that a session of {@link LakeSession} was opened on. */
  public static Lake of(SparkSession spark) {
    Map<TableFormat, Storage> storages = new EnumMap<>(TableFormat.class);
    storages.put(TableFormat.DELTA, new DeltaStorage(spark, warehouse(spark)));
    storages.put(TableFormat.ICEBERG, new IcebergStorage(spark));
    return new Lake(storages);
  }

  /**
   * Makes what an Iceberg catalog in a database keeps its tables in, unless it is there: other
   * engines look into the catalog, and make nothing of it.
   *
   * @param catalog properties of the Iceberg catalog, of type {@code jdbc}
   */
  public static void createCatalog(URI warehouse, Map<String, String> catalog) {
    IcebergStorage.createCatalog(warehouse, catalog);
  }

  /**
   * Why the server of the Iceberg catalog is of no use, in seconds; empty if it is, or if there is
   * no server.
   *
   * @param catalog properties of the Iceberg catalog
   */
  public static Optional<String> catalogProblem(SparkSession spark, Map<String, String> catalog) {
    return new IcebergCatalog(spark, catalog).problem();
  }

  /**
   * Creates the table unless it is there; adds columns that the definition has and the table lacks.
   *
   * @throws IllegalStateException if a table of that name is there, but in the other format, or
   *     with another type of a column
   */
  public LakeTable create(TableDefinition definition) {
    otherFormat(definition)
        .ifPresent(
            message -> {
              throw new IllegalStateException(message);
            });
    return storages.get(definition.format()).create(definition);
  }

  private Optional<String> otherFormat(TableDefinition definition) {
    return storages.keySet().stream()
        .filter(format -> format != definition.format())
        .filter(format -> storages.get(format).has(definition.name()))
        .map(
            format ->
                "Cannot create table %s in %s: it is there in %s. Keep its format, or drop it first"
                    .formatted(definition.name(), definition.format(), format))
        .findAny();
  }

  /** Why no table of this definition can be created, in this format; reads nothing. */
  public List<TableProblem> creationProblems(TableDefinition definition) {
    List<TableProblem> problems = Storable.problems(definition.columns());
    if (!problems.isEmpty()) {
      return problems;
    }
    try {
      storages.get(definition.format()).dryRun(definition);
      return List.of();
    } catch (Exception e) { // Scala throws checked ones too.
      return List.of(
          new TableProblem(
              "",
              "Cannot keep this in %s: %s. Choose other names or types."
                  .formatted(definition.format(), e.getMessage())));
    }
  }

  /** Why the table that is there cannot become what its definition says; changes nothing. */
  public List<TableProblem> evolutionProblems(TableDefinition definition) {
    Optional<String> otherFormat = otherFormat(definition);
    if (otherFormat.isPresent()) {
      return List.of(new TableProblem("", otherFormat.get()));
    }
    Storage storage = storages.get(definition.format());
    return storage.has(definition.name())
        ? storage.evolution(definition).refusals().stream()
            .map(
                refusal ->
                    new TableProblem(
                        refusal.column(),
                        "Cannot use table %s: %s.".formatted(definition.name(), refusal.why())))
            .toList()
        : List.of();
  }

  /** Columns and fields that the table lacks, dotted; none if it is not there. */
  public List<String> lacking(TableDefinition definition) {
    Storage storage = storages.get(definition.format());
    return storage.has(definition.name())
        ? storage.evolution(definition).changes().stream()
            .filter(change -> change.kind() == Evolution.Kind.ADD)
            .map(Evolution.Change::name)
            .toList()
        : List.of();
  }

  /**
   * Whether the table has a column or field by another name, which it defines no more, that could
   * take the values of one that it lacks.
   *
   * @param path of the one that it lacks
   */
  public boolean hasUnder(String name, TableDefinition definition, String path) {
    StructType columns = Columns.renamed(definition.columns(), path, name);
    if (Evolution.isSame(columns, definition.columns())) {
      return false;
    }
    Evolution evolution =
        storages
            .get(definition.format())
            .evolution(
                new TableDefinition(
                    definition.name(),
                    definition.format(),
                    columns,
                    definition.date(),
                    definition.pruning()));
    String renamed = path.substring(0, path.lastIndexOf('.') + 1) + name;
    return evolution.refusals().isEmpty()
        && evolution.changes().stream()
            .noneMatch(
                change -> change.kind() == Evolution.Kind.ADD && change.name().equals(renamed));
  }

  /** The table of that name, if it is there in this format. */
  public Optional<LakeTable> find(TableDefinition definition) {
    Storage storage = storages.get(definition.format());
    return storage.has(definition.name())
        ? Optional.of(storage.table(definition))
        : Optional.empty();
  }

  /** All tables there are, by name. */
  public SortedMap<String, TableFormat> tables() {
    SortedMap<String, TableFormat> tables = new TreeMap<>();
    storages.forEach(
        (format, storage) -> storage.names().forEach(name -> tables.put(name, format)));
    // A catalog may have tables of others, which no definition could name.
    tables.keySet().removeIf(Predicate.not(TableDefinition::isName));
    return tables;
  }

  /**
   * Names of all tables there are, sorted, and makes each readable in SQL by that name in this
   * session.
   */
  public List<String> register(SparkSession spark) {
    return List.copyOf(register(spark, tables()).keySet());
  }

  /** The same of these of its {@link #tables}, which are returned. */
  public SortedMap<String, TableFormat> register(
      SparkSession spark, SortedMap<String, TableFormat> tables) {
    tables.forEach((name, format) -> register(spark, TableName.of(name), storages.get(format)));
    return tables;
  }

  private static void register(SparkSession spark, TableName name, Storage storage) {
    Path folder = new Path(warehouse(spark), name.schema());
    // Not in SQL, where a quote in the folder's name would end it.
    spark
        .sessionState()
        .catalog()
        .createDatabase(
            new CatalogDatabase(name.schema(), "", folder.toUri(), Map$.MODULE$.empty()), true);
    // What stands under this name may belong to another lake, or be of the other format.
    var present = new TableIdentifier(name.table(), Option.apply(name.schema()));
    spark.sessionState().catalog().dropTable(present, true, false);
    storage.register(spark, name);
  }

  private static Path warehouse(SparkSession spark) {
    String warehouse = spark.conf().get(LakeSession.WAREHOUSE, "");
    if (warehouse.isEmpty()) {
      throw new IllegalStateException(
          "Cannot find the lake of this Spark session: it has no %s. Open it with LakeSession"
              .formatted(LakeSession.WAREHOUSE));
    }
    return LakeSession.path(URI.create(warehouse));
  }
}
