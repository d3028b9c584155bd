package io.tidemark.quality;

import io.tidemark.pipeline.Environment;
import io.tidemark.table.LocalFiles;
import io.tidemark.table.Redaction;
import io.tidemark.table.delta.ExclusiveLogStore;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf;

/** Opens Spark 3.5 on the tables that the other modules write with a later one. */
final class QualitySession {
  /** The Spark catalog that has the lake's Iceberg tables, which the other modules call so too. */
  static final String CATALOG = "lake";

  private static final Map<String, String> DEFAULTS =
      Map.of(
          "spark.sql.catalog.spark_catalog",
          "org.apache.spark.sql.delta.catalog.DeltaCatalog",
          "spark.sql.parquet.outputTimestampType",
          "TIMESTAMP_MICROS",
          "spark.databricks.delta.snapshotPartitions",
          "2",
          Redaction.SETTING,
          Redaction.REGEX,
          "spark.hadoop.fs.file.impl",
          LocalFiles.class.getName(),
          "spark.hadoop.fs.AbstractFileSystem.file.impl",
          LocalFiles.Context.class.getName(),
          ExclusiveLogStore.SETTING,
          ExclusiveLogStore.class.getName());

  /** What no setting may change: a check means the same on every machine. */
  private static final Map<String, String> FIXED =
      Map.of("spark.sql.session.timeZone", "UTC", "spark.sql.ansi.enabled", "true");

  private QualitySession() {}

  static SparkSession open(String application, Environment environment) {
    Map<String, String> properties = new HashMap<>(DEFAULTS);
    SparkConf submitted = new SparkConf();
    properties.keySet().removeIf(submitted::contains);
    properties.putAll(catalog(environment));
    if (!submitted.contains("spark.master")) {
      properties.put("spark.master", "local[*]");
      // Spark's 200 are for a cluster.
      properties.put("spark.sql.shuffle.partitions", "4");
    }
    properties.put("spark.sql.warehouse.dir", warehouse(environment).toString());
    properties.put("spark.sql.catalogImplementation", "in-memory");
    properties.put(
        "spark.sql.extensions",
        "io.delta.sql.DeltaSparkSessionExtension,org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions");
    properties.putAll(environment.spark());
    properties.putAll(FIXED);
    SparkSession.Builder builder = SparkSession.builder().appName(application);
    properties.forEach(builder::config);
    // A session of its own: the first one of a JVM keeps the catalog that it has opened.
    SparkSession spark = builder.getOrCreate().newSession();
    properties.entrySet().stream()
        .filter(property -> isOfSession(property.getKey()))
        .forEach(property -> spark.conf().set(property.getKey(), property.getValue()));
    SparkSession.setDefaultSession(spark);
    SparkSession.setActiveSession(spark);
    return spark;
  }

  /** The other properties are as the first session of the JVM had them. */
  private static boolean isOfSession(String key) {
    return key.matches("spark\\.(sql|databricks)\\..*") && !SQLConf.isStaticConfigKey(key);
  }

  private static Map<String, String> catalog(Environment environment) {
    String prefix = "spark.sql.catalog." + CATALOG;
    Map<String, String> catalog = new HashMap<>();
    catalog.put(prefix, "org.apache.iceberg.spark.SparkCatalog");
    catalog.put(prefix + ".warehouse", warehouse(environment).toString());
    if ("rest".equalsIgnoreCase(environment.catalog().get("type"))) {
      // Its own would go to S3 by settings of its own, if Amazon's classes are there.
      catalog.put(prefix + ".io-impl", "org.apache.iceberg.hadoop.HadoopFileIO");
    }
    environment.catalog().forEach((key, value) -> catalog.put(prefix + "." + key, value));
    // A table is opened when it is asked for, and not as it was.
    catalog.put(prefix + ".cache-enabled", "false");
    return catalog;
  }

  /** As Hadoop writes it: a space is a space there. */
  static Path warehouse(Environment environment) {
    return new Path(environment.warehouse());
  }
}
