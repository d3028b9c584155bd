package io.tidemark.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.pipeline.Environment;
import io.tidemark.table.FileContents;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.spark.Spark3Util;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaColumnMapping;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/** Finds the tables of a lake by their names, in both formats. */
final class LakeTables {
  /** The version of an Iceberg table to which nobody has written, as the other modules have it. */
  private static final long EMPTY = -1;

  private final SparkSession spark;
  private final Path warehouse;

  LakeTables(SparkSession spark, Environment environment) {
    this.spark = spark;
    this.warehouse = QualitySession.warehouse(environment);
  }

  /** Where a Delta table of that name is, or would be. */
  String deltaPath(String name) {
    return new Path(warehouse, name.replaceFirst("\\.", "/")).toString();
  }

  static String icebergName(String name) {
    return QualitySession.CATALOG + "." + name;
  }

  boolean isDelta(String name) {
    return log(name).update(false, Option.empty(), Option.empty()).version() >= 0;
  }

  boolean isIceberg(String name) {
    return catalog().tableExists(TableIdentifier.parse(name));
  }

  /** The table as it is now, empty if there is none of that name. */
  Optional<StoredTable> find(String name) {
    if (isDelta(name)) {
      return Optional.of(delta(name));
    }
    return isIceberg(name) ? Optional.of(iceberg(name)) : Optional.empty();
  }

  /** Its rows as they are now; empty if the lake lacks the table. */
  Optional<Dataset<Row>> rows(String name) {
    if (isDelta(name)) {
      return Optional.of(spark.read().format("delta").load(deltaPath(name)));
    }
    return isIceberg(name)
        ? Optional.of(spark.read().format("iceberg").load(icebergName(name)))
        : Optional.empty();
  }

  /** Its own failure names the catalog's address, which may hold a password. */
  Catalog catalog() {
    try {
      return Spark3Util.loadIcebergCatalog(spark, QualitySession.CATALOG);
    } catch (RuntimeException e) {
      Throwable reason = e;
      while (reason.getCause() != null) {
        reason = reason.getCause();
      }
      throw new IllegalStateException(
          "Cannot open the Iceberg catalog: %s. Look at 'catalog' in the environment file."
              .formatted(
                  // Its user and password may be in it.
                  String.valueOf(reason.getMessage() == null ? reason : reason.getMessage())
                      .replaceAll("jdbc:\\S+", "jdbc:…")),
          reason);
    }
  }

  private DeltaLog log(String name) {
    return DeltaLog.forTable(spark, new Path(deltaPath(name)));
  }

  private StoredTable delta(String name) {
    var snapshot = log(name).update(false, Option.empty(), Option.empty());
    boolean isPartitioned =
        snapshot.metadata().partitionColumns().toList().contains(StoredTable.DATE)
            && snapshot.schema().apply(StoredTable.DATE).dataType().equals(DataTypes.DateType);
    Dataset<Row> rows =
        spark
            .read()
            .format("delta")
            .option("versionAsOf", snapshot.version())
            .load(deltaPath(name));
    Column date =
        isPartitioned
            ? col("partitionValues").getItem(physicalDate(snapshot.schema())).cast("date")
            : lit(null).cast("date");
    Dataset<Row> files =
        snapshot
            .allFiles()
            .toDF()
            .select(date.as(StoredTable.DATE), expr(FileContents.DELTA_FILE).as("file"));
    return StoredTable.of(name, rows, snapshot.version(), isPartitioned, files);
  }

  /** A table whose columns can be renamed calls them otherwise in its files. */
  private static String physicalDate(StructType schema) {
    return DeltaColumnMapping.getPhysicalName(schema.apply(StoredTable.DATE));
  }

  private StoredTable iceberg(String name) {
    Table table = catalog().loadTable(TableIdentifier.parse(name));
    Snapshot snapshot = table.currentSnapshot();
    if (snapshot == null) {
      Dataset<Row> none = spark.createDataFrame(List.of(), SparkSchemaUtil.convert(table.schema()));
      Dataset<Row> noFiles =
          none.select(lit(null).cast("date").as(StoredTable.DATE), lit("").as("file"));
      return StoredTable.of(name, none, EMPTY, false, noFiles);
    }
    Dataset<Row> rows = inPresentColumns(table, snapshot, at(snapshot, icebergName(name)));
    Dataset<Row> files = at(snapshot, icebergName(name) + ".files");
    Optional<Column> date = new DatePartition(table).of(files);
    return StoredTable.of(
        name,
        rows,
        snapshot.snapshotId(),
        date.isPresent(),
        files.select(
            date.orElse(lit(null).cast("date")).as(StoredTable.DATE),
            expr(FileContents.ICEBERG_FILE).as("file")));
  }

  /** A snapshot keeps the columns of its time, and to gain or rename one makes none. */
  private static Dataset<Row> inPresentColumns(Table table, Snapshot snapshot, Dataset<Row> rows) {
    if (snapshot.schemaId() == null || snapshot.schemaId() == table.schema().schemaId()) {
      return rows;
    }
    Schema then = table.schemas().get(snapshot.schemaId());
    StructType now = SparkSchemaUtil.convert(table.schema());
    List<Column> columns = new ArrayList<>();
    for (Types.NestedField field : table.schema().columns()) {
      Types.NestedField before = then.findField(field.fieldId());
      Column column =
          before == null ? lit(null) : col("`" + before.name().replace("`", "``") + "`");
      boolean isSame = before != null && before.type().equals(field.type());
      columns.add(
          (isSame ? column : column.cast(now.apply(field.name()).dataType())).as(field.name()));
    }
    return rows.select(columns.toArray(Column[]::new));
  }

  private Dataset<Row> at(Snapshot snapshot, String name) {
    return spark.read().format("iceberg").option("snapshot-id", snapshot.snapshotId()).load(name);
  }
}
