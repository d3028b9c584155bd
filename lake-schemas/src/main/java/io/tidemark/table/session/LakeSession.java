package io.tidemark.table.session;

import io.tidemark.table.LocalFiles;
import io.tidemark.table.Looks;
import io.tidemark.table.NewFile;
import io.tidemark.table.Redaction;
import io.tidemark.table.delta.ExclusiveLogStore;
import io.tidemark.table.delta.SmallTableCatalog;
import io.tidemark.table.iceberg.IcebergStorage;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf;

/** Opens Spark with what both table formats and reproducible results need. */
public final class LakeSession {
  /** Root of all tables; any session derived from an opened one knows its lake by it. */
  static final String WAREHOUSE = "spark.tidemark.warehouse";

  private static final String MASTER = "spark.master";
  private static final String EXTENSIONS = "spark.sql.extensions";
  private static final String DELTA_EXTENSION = "io.delta.sql.DeltaSparkSessionExtension";

  /** Fixed once per JVM, by whoever makes its first session. */
  private static final Map<String, String> STATIC =
      Map.of(
          EXTENSIONS,
          DELTA_EXTENSION + ",org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
          "spark.sql.catalogImplementation",
          "in-memory");

  /** The same, unless it was submitted with others. */
  private static final Map<String, String> JVM_DEFAULTS =
      Map.of(
          MASTER,
          "local[*]",
          // Several queries share an application, and none should wait for all the others' tasks.
          "spark.scheduler.mode",
          "FAIR",
          // The queries of a few views have more classes than the 100 that Spark keeps by default;
          // each batch would compile them again.
          "spark.sql.codegen.cache.maxEntries",
          "2000",
          // Spark writes the plan of each query as a text for its web page; this is the shortest.
          "spark.sql.ui.explainMode",
          "simple",
          ExclusiveLogStore.SETTING,
          ExclusiveLogStore.class.getName());

  /** Masters whose tasks are tried once. Elsewhere one that fails is tried again. */
  private static final Pattern TRIES_ONCE = Pattern.compile("local(\\[[^,]*])?");

  /**
   * Without this one, a task that is tried again may find the rows that its first try kept, and
   * then adds nothing to what is counted while rows pass.
   */
  private static final String COUNTS_AGAIN = "spark.rdd.cache.visibilityTracking.enabled";

  private static final String CATALOG = "spark.sql.catalog.spark_catalog";
  private static final String DELTA_CATALOG = "org.apache.spark.sql.delta.catalog.DeltaCatalog";

  private static final Map<String, String> DEFAULTS =
      Map.of(
          CATALOG,
          DELTA_CATALOG,
          // Spark's own default is INT96, which other readers have given up.
          "spark.sql.parquet.outputTimestampType",
          "TIMESTAMP_MICROS",
          "spark.sql.parquet.compression.codec",
          "zstd",
          "parquet.compression.codec.zstd.level",
          "1",
          // Rows of a few dates go to a file of each date as they come. Those of more dates are
          // sorted by date first, as Spark otherwise does always.
          "spark.sql.maxConcurrentOutputFileWriters",
          "16",
          // Or else what is kept has as many partitions as shuffles may have, however small it is.
          "spark.sql.optimizer.canChangeCachedPlanOutputPartitioning",
          "true",
          // Java never compiles a larger method: such a plan is faster in pieces.
          "spark.sql.codegen.hugeMethodLimit",
          "8000",
          // Snapshots of our tables are small: 50 tasks for each commit are mostly overhead.
          "spark.databricks.delta.snapshotPartitions",
          "2",
          // Delta reads the whole table state twice a commit where the JVM is not in UTC, lest
          // partitions of timestamps come out wrong; ours are dates.
          "spark.databricks.delta.allFilesInCrc.verificationMode.forceOnNonUTC.enabled",
          "false",
          // A restart can fail on the checksums of state files (SPARK-56461).
          "spark.sql.streaming.checkpoint.fileChecksum.enabled",
          "false");

  /** What no setting may change, or stream and batch, laptop and cluster would disagree. */
  private static final Map<String, String> FIXED =
      Map.of("spark.sql.session.timeZone", "UTC", "spark.sql.ansi.enabled", "true");

  private LakeSession() {}

  /**
   * A session in UTC and ANSI mode over the tables of one warehouse. In a JVM that has Spark
   * already it shares that Spark, but has a catalog of its own.
   *
   * @param catalog properties of the Iceberg catalog
   * @param settings more Spark properties; they win over the defaults, not over UTC and ANSI
   */
  public static SparkSession open(
      String application,
      URI warehouse,
      Map<String, String> catalog,
      Map<String, String> settings) {
    // A session of its own even in a new JVM: what is set here must not reach the next lake's.
    SparkSession spark =
        SparkSession.getDefaultSession()
            .getOrElse(() -> start(application, warehouse, catalog, settings))
            .newSession();
    SparkConf submitted = spark.sparkContext().getConf();
    requireExtensions(submitted);
    requireLogStore(submitted, warehouse);

    Map<String, String> properties = new HashMap<>(DEFAULTS);
    properties.keySet().removeIf(submitted::contains);
    properties.put(WAREHOUSE, warehouse.toString());
    properties.putAll(IcebergStorage.catalog(warehouse, catalog));
    properties.putAll(settings);
    properties.putAll(FIXED);
    if (Looks.readsSmallTables(settings)) {
      properties.replace(CATALOG, DELTA_CATALOG, SmallTableCatalog.class.getName());
    }
    properties.keySet().removeIf(key -> !isOfSession(key));
    properties.forEach(spark.conf()::set);
    // Threads that Spark starts itself fall back to the default session.
    SparkSession.setDefaultSession(spark);
    SparkSession.setActiveSession(spark);
    return spark;
  }

  /** Whether the logs of Delta tables on S3 are kept by Tidemark, and not by another's store. */
  public static boolean keepsLogOnS3(SparkSession spark) {
    return ExclusiveLogStore.class
        .getName()
        .equals(spark.sparkContext().getConf().get(ExclusiveLogStore.SETTING, ""));
  }

  /** As Hadoop writes it, and with it Spark, Delta and Iceberg: a space is a space there. */
  public static Path path(URI place) {
    return new Path(place);
  }

  private static SparkSession start(
      String application,
      URI warehouse,
      Map<String, String> catalog,
      Map<String, String> settings) {
    LocalFiles.replaceHadoops();
    SparkSession.Builder builder = SparkSession.builder().appName(application);
    starting(warehouse, catalog, settings, new SparkConf()).forEach(builder::config);
    return builder.getOrCreate();
  }

  /**
   * What the JVM's Spark is started with, beside what it was submitted with.
   *
   * @param submitted wins over what is only a default here
   */
  static Map<String, String> starting(
      URI warehouse,
      Map<String, String> catalog,
      Map<String, String> settings,
      SparkConf submitted) {
    Map<String, String> properties = new HashMap<>(settings);
    properties.putIfAbsent(Redaction.SETTING, submitted.get(Redaction.SETTING, Redaction.REGEX));
    properties.putAll(IcebergStorage.catalog(warehouse, catalog));
    String secret = properties.get(Redaction.SETTING);
    // Of what each job is told of its session, the event log hides only what the JVM has as well.
    properties
        .entrySet()
        .removeIf(
            property ->
                isOfSession(property.getKey())
                    && !Redaction.isSecret(secret, property.getKey(), property.getValue()));
    properties.putAll(STATIC);
    LocalFiles.SETTINGS.forEach(properties::putIfAbsent);
    // Unset, Spark makes a folder spark-warehouse wherever it was started.
    properties.putIfAbsent("spark.sql.warehouse.dir", path(warehouse).toString());
    Map<String, String> defaults = new HashMap<>(JVM_DEFAULTS);
    if (triesAgain(properties, submitted)) {
      defaults.put(COUNTS_AGAIN, "true");
    }
    defaults.keySet().removeIf(submitted::contains);
    defaults.forEach(properties::putIfAbsent);
    return properties;
  }

  /** Whether a task that fails is tried again. */
  private static boolean triesAgain(Map<String, String> properties, SparkConf submitted) {
    String master = submitted.get(MASTER, JVM_DEFAULTS.get(MASTER));
    return !TRIES_ONCE.matcher(properties.getOrDefault(MASTER, master)).matches();
  }

  /** The other properties belong to the JVM, and are as its first session had them. */
  private static boolean isOfSession(String key) {
    return !SQLConf.isStaticConfigKey(key)
        && (!key.startsWith("spark.") || key.matches("spark\\.(sql|databricks|tidemark)\\..*"));
  }

  private static void requireExtensions(SparkConf submitted) {
    String extensions = submitted.get(EXTENSIONS, "");
    if (!extensions.contains(DELTA_EXTENSION)) {
      throw new IllegalStateException(
          "Cannot open a lake in this Spark: it was started with %s='%s'. Start it with %s=%s"
              .formatted(EXTENSIONS, extensions, EXTENSIONS, STATIC.get(EXTENSIONS)));
    }
  }

  private static void requireLogStore(SparkConf submitted, URI warehouse) {
    if (NewFile.SCHEME.equals(warehouse.getScheme())
        && !submitted.contains(ExclusiveLogStore.SETTING)) {
      throw new IllegalStateException(
          "Cannot open a lake on S3 in this Spark: it was started without %1$s, and two processes could replace each other's commits to Delta tables. Start it with %1$s=%2$s"
              .formatted(ExclusiveLogStore.SETTING, ExclusiveLogStore.class.getName()));
    }
  }
}
