package io.tidemark.quality;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.when;

import io.tidemark.ops.EditedDates;
import io.tidemark.ops.Operations;
import io.tidemark.ops.QualityAnswer;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.table.ConditionalWrites;
import io.tidemark.table.TableFormat;
import java.net.URI;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.spark.SparkSchemaUtil;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * The operational tables that this program writes: made on use, in the pipeline's format of them,
 * like those that the other modules make.
 */
final class QualityTables {
  private static final int ATTEMPTS = 10;

  private final SparkSession spark;
  private final LakeTables lake;
  private final Pipeline pipeline;

  QualityTables(SparkSession spark, LakeTables lake, Pipeline pipeline) {
    this.spark = spark;
    this.lake = lake;
    this.pipeline = pipeline;
  }

  /**
   * Before anything is measured: Spark 3.5 mostly comes with a client for S3 that does not know
   * conditional writes.
   *
   * @throws IllegalStateException if its tables cannot be written beside other processes
   */
  void require(URI warehouse) {
    if (pipeline.operations() == TableFormat.DELTA) {
      ConditionalWrites.problem(warehouse, spark.sparkContext().hadoopConfiguration())
          .ifPresent(
              problem -> {
                throw new IllegalStateException(problem);
              });
    }
  }

  /** Appends in one commit. It is made once: nobody repeats a run, so it needs no name. */
  void append(Operations table, List<Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    String name = table.tableName();
    create(table);
    // A lake that is older than a column has it once another verb has written to the table.
    Column[] known =
        Stream.of(lake.rows(name).orElseThrow().columns())
            .filter(List.of(columns(table).fieldNames())::contains)
            .map(functions::col)
            .toArray(Column[]::new);
    Dataset<Row> appended = spark.createDataFrame(rows, columns(table)).select(known).coalesce(1);
    if (lake.isDelta(name)) {
      appended.write().format("delta").mode("append").save(lake.deltaPath(name));
      return;
    }
    try {
      appended.writeTo(LakeTables.icebergName(name)).append();
    } catch (org.apache.spark.sql.catalyst.analysis.NoSuchTableException e) {
      throw new IllegalStateException("Cannot append to %s: the table is gone".formatted(name), e);
    }
  }

  /** The rows of this pipeline, empty if nothing was ever written. */
  Optional<Dataset<Row>> read(Operations table) {
    return lake.rows(table.tableName())
        .map(rows -> rows.where(col("pipeline").equalTo(pipeline.name())));
  }

  /** The edits of an events table that looks have found; none of any other table. */
  EditedDates edits(String events) {
    List<Row> found =
        read(Operations.EDITS)
            .map(
                edits ->
                    edits
                        .where(col("events").equalTo(events))
                        .groupBy(col("operation").isNull(), col("date"))
                        .agg(max("number"))
                        .collectAsList())
            .orElse(List.of());
    long looks = -1;
    SortedMap<LocalDate, Long> byDate = new TreeMap<>();
    OptionalLong anyDate = OptionalLong.empty();
    for (Row row : found) {
      if (row.getBoolean(0)) {
        looks = row.getLong(2);
      } else if (row.isNullAt(1)) {
        anyDate = OptionalLong.of(row.getLong(2));
      } else {
        byDate.put(row.getDate(1).toLocalDate(), row.getLong(2));
      }
    }
    return new EditedDates(looks, byDate, anyDate);
  }

  /** Every different answer to a check; a date is told from what it was by its contents. */
  List<Row> answers() {
    return read(Operations.QUALITY)
        .map(
            results ->
                withCompared(results)
                    .withColumn("version", when(col("date").isNull(), col("table_version")))
                    .groupBy(
                        QualityAnswer.TOLD_APART_BY.stream()
                            .map(functions::col)
                            .toArray(Column[]::new))
                    .agg(
                        max("edits_through").as("edits_through"),
                        max("checked_at").as("checked_at"))
                    .collectAsList())
        .orElse(List.of());
  }

  /** A lake that is older than the column has it once another verb has looked at the table. */
  private static Dataset<Row> withCompared(Dataset<Row> results) {
    return List.of(results.columns()).contains("compared")
        ? results
        : results.withColumn("compared", lit(null).cast("string"));
  }

  private static StructType columns(Operations table) {
    return StructType.fromDDL(table.ddl());
  }

  /** Another process may be faster, which is as good. */
  private void create(Operations table) {
    String name = table.tableName();
    for (int attempt = 1; !lake.isDelta(name) && !lake.isIceberg(name); attempt++) {
      try {
        if (pipeline.operations() == TableFormat.DELTA) {
          createDelta(table);
        } else {
          createIceberg(table);
        }
      } catch (RuntimeException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void createDelta(Operations table) {
    io.delta.tables.DeltaTable.createIfNotExists(spark)
        .location(lake.deltaPath(table.tableName()))
        .addColumns(columns(table))
        .property("delta.checkpointInterval", "50")
        .property(
            "delta.dataSkippingStatsColumns",
            table.pruning().stream().map(column -> "`" + column + "`").collect(joining(",")))
        .execute();
  }

  private void createIceberg(Operations table) {
    TableIdentifier name = TableIdentifier.parse(table.tableName());
    SupportsNamespaces namespaces = (SupportsNamespaces) lake.catalog();
    if (!namespaces.namespaceExists(name.namespace())) {
      namespaces.createNamespace(name.namespace());
    }
    Map<String, String> properties = new HashMap<>();
    properties.put("format-version", "2");
    properties.put("write.distribution-mode", "none");
    properties.put("write.parquet.compression-codec", "zstd");
    properties.put("write.metadata.delete-after-commit.enabled", "true");
    properties.put("write.metadata.previous-versions-max", "20");
    properties.put("commit.retry.num-retries", "20");
    lake.catalog()
        .buildTable(name, SparkSchemaUtil.convert(columns(table)))
        .withPartitionSpec(PartitionSpec.unpartitioned())
        .withProperties(properties)
        .create();
  }
}
