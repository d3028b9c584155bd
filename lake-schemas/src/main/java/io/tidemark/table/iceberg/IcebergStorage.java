package io.tidemark.table.iceberg;

import io.tidemark.table.Columns;
import io.tidemark.table.Conflicts;
import io.tidemark.table.Evolution;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Storage;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableName;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateSchema;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.TypeUtil;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Iceberg tables, in the Spark catalog {@code lake}. */
public final class IcebergStorage implements Storage {
  static final String CATALOG = "lake";

  /** Whether rows are written as they come, with a file open for each date. */
  static final String FANOUT = "write.spark.fanout.enabled";

  private final SparkSession spark;

  public IcebergStorage(SparkSession spark) {
    this.spark = spark;
  }

  /** Spark's properties of the catalog, from Iceberg's. */
  public static Map<String, String> catalog(URI warehouse, Map<String, String> properties) {
    String prefix = "spark.sql.catalog." + CATALOG;
    Map<String, String> catalog = new HashMap<>();
    catalog.put(prefix, "org.apache.iceberg.spark.SparkCatalog");
    catalog.put(prefix + ".warehouse", new Path(warehouse).toString());
    if (readsByHadoop(properties)) {
      catalog.put(prefix + ".io-impl", SlimFileIO.NAME);
    }
    properties.forEach((key, value) -> catalog.put(prefix + "." + key, value));
    // A cache shows stale tables in the sessions that Spark clones for each streaming query.
    catalog.put(prefix + ".cache-enabled", "false");
    return catalog;
  }

  /**
   * True for catalogs that take any FileIO, if Iceberg's class loader finds our class. That of a
   * REST catalog would go to S3 by settings of its own, if Amazon's bundle is there.
   */
  private static boolean readsByHadoop(Map<String, String> properties) {
    return Set.of("jdbc", "rest", "hadoop", "hive").contains(properties.getOrDefault("type", ""))
        && Catalog.class.getClassLoader() == SlimFileIO.class.getClassLoader();
  }

  public static void createCatalog(URI warehouse, Map<String, String> properties) {
    JdbcCatalog catalog = new JdbcCatalog();
    Map<String, String> all = new HashMap<>(properties);
    all.put("warehouse", new Path(warehouse).toString());
    catalog.setConf(new Configuration());
    catalog.initialize(CATALOG, all);
    catalog.close();
  }

  @Override
  public boolean has(String name) {
    return catalog().tableExists(TableIdentifier.parse(name));
  }

  @Override
  public LakeTable create(TableDefinition definition) {
    TableIdentifier name = TableIdentifier.parse(definition.name());
    ensure(() -> catalog().tableExists(name), () -> createEmpty(definition, name));
    return Conflicts.retry(
        definition.name(),
        () -> {
          evolve(definition, catalog().loadTable(name));
          return table(definition);
        },
        CommitFailedException.class::isInstance);
  }

  @Override
  public void dryRun(TableDefinition definition) {
    StructType columns = Columns.of(definition);
    Schema schema = SparkSchemaUtil.convert(columns);
    TypeUtil.indexByLowerCaseName(schema.asStruct());
    PartitionSpec.Builder partitions = PartitionSpec.builderFor(schema);
    definition.date().ifPresent(partitions::identity);
    partitions.build();
    StructType kept = SparkSchemaUtil.convert(schema);
    if (!Evolution.isSame(kept, columns)) {
      throw new IllegalArgumentException(
          "it would be kept as %s, not as %s".formatted(kept.sql(), columns.sql()));
    }
  }

  @Override
  public Evolution evolution(TableDefinition definition) {
    Table table = catalog().loadTable(TableIdentifier.parse(definition.name()));
    return Evolution.of(definition, SparkSchemaUtil.convert(table.schema()));
  }

  @Override
  public LakeTable table(TableDefinition definition) {
    return new IcebergTable(spark, definition);
  }

  @Override
  public List<String> names() {
    return ((SupportsNamespaces) catalog())
        .listNamespaces().stream()
            .flatMap(namespace -> catalog().listTables(namespace).stream())
            .map(TableIdentifier::toString)
            .toList();
  }

  @Override
  public void register(SparkSession session, TableName name) {
    session.sql(
        "CREATE OR REPLACE VIEW spark_catalog.%s AS SELECT * FROM %s.%s"
            .formatted(name, CATALOG, name));
  }

  private Catalog catalog() {
    return IcebergCatalog.of(spark).open();
  }

  private void createEmpty(TableDefinition definition, TableIdentifier name) {
    SupportsNamespaces namespaces = (SupportsNamespaces) catalog();
    ensure(
        () -> namespaces.namespaceExists(name.namespace()),
        () -> namespaces.createNamespace(name.namespace()));
    Schema schema = SparkSchemaUtil.convert(Columns.of(definition));
    PartitionSpec.Builder partitions = PartitionSpec.builderFor(schema);
    definition.date().ifPresent(partitions::identity);
    catalog()
        .buildTable(name, schema)
        .withPartitionSpec(partitions.build())
        .withProperties(properties(definition))
        .create();
  }

  /** Another process may be faster, which is as good; catalogs disagree on what they throw then. */
  private static void ensure(BooleanSupplier present, Runnable creation) {
    if (present.getAsBoolean()) {
      return;
    }
    try {
      creation.run();
    } catch (RuntimeException e) {
      if (!present.getAsBoolean()) {
        throw e;
      }
    }
  }

  private static Map<String, String> properties(TableDefinition definition) {
    Map<String, String> properties = new HashMap<>();
    // Readers lag behind 3.
    properties.put("format-version", "2");
    // The default shuffles by partition, which sends a batch of one date to one task.
    properties.put("write.distribution-mode", "none");
    // A file stays open for each date otherwise, however many dates a statement changes.
    properties.put(FANOUT, "false");
    properties.put("write.parquet.compression-codec", "zstd");
    properties.put("write.parquet.compression-level", "1");
    properties.put("write.metadata.metrics.default", "none");
    definition
        .pruning()
        .forEach(
            column -> properties.put("write.metadata.metrics.column." + column, "truncate(16)"));
    properties.put("write.metadata.delete-after-commit.enabled", "true");
    properties.put("write.metadata.previous-versions-max", "20");
    // The default has a task for every few of the small files that a stream writes.
    properties.put("read.split.open-file-cost", Integer.toString(256 * 1024));
    // Several queries append to one table.
    properties.put("commit.retry.num-retries", "20");
    return properties;
  }

  private static void evolve(TableDefinition definition, Table table) {
    Evolution evolution = Evolution.of(definition, SparkSchemaUtil.convert(table.schema()));
    evolution.require(definition.name());
    if (evolution.isNone()) {
      return;
    }
    UpdateSchema update = table.updateSchema();
    for (Evolution.Change change : evolution.changes()) {
      Type type = SparkSchemaUtil.convert(change.type());
      switch (change.kind()) {
        case ADD -> {
          int last = change.path().size() - 1;
          String parent = String.join(".", change.path().subList(0, last));
          update.addColumn(parent.isEmpty() ? null : parent, change.path().get(last), type);
        }
        case WIDEN -> update.updateColumn(change.name(), type.asPrimitiveType());
        case RELAX -> update.makeColumnOptional(change.name());
      }
    }
    update.commit();
  }
}
