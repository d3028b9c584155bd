package io.tidemark.table;

import io.tidemark.table.session.Lake;
import io.tidemark.table.session.LakeSession;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * A lake of its own for one test, in a folder that the test cleans up. All of a JVM's lakes share
 * one Spark, which ends with the JVM.
 */
public final class TestLake implements AutoCloseable {
  private static final Map<String, String> SMALL =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.sql.shuffle.partitions", "2",
          "spark.default.parallelism", "2",
          // VACUUM lists files in as many tasks as this, which is 10,000 otherwise.
          "spark.sql.sources.parallelPartitionDiscovery.parallelism", "2",
          // For each of them Delta makes the text of a class that reads its log.
          "spark.databricks.delta.snapshotPartitions", "1",
          // Compiling a plan takes longer than passing a handful of rows through it.
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  private final Path folder;
  private final URI place;
  private final SparkSession spark;

  private TestLake(Path folder, URI place, SparkSession spark) {
    this.folder = folder;
    this.place = place;
    this.spark = spark;
  }

  public static TestLake in(Path folder) {
    return in(folder, Map.of());
  }

  public static TestLake in(Path folder, Map<String, String> settings) {
    return at(
        folder, URI.create("file://" + folder.toUri().getRawPath()), catalog(folder), settings);
  }

  /**
   * One whose tables and checkpoints are elsewhere.
   *
   * @param folder for what else the test has
   * @param place the root of both
   */
  public static TestLake at(
      Path folder, URI place, Map<String, String> catalog, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(SMALL);
    all.putAll(settings);
    return new TestLake(
        folder, place, LakeSession.open("test", within(place, "warehouse"), catalog, all));
  }

  private static URI within(URI place, String name) {
    return URI.create(place.toString().replaceAll("/$", "") + "/" + name);
  }

  /** Iceberg's catalog properties, as a local lake's environment file has them. */
  public static Map<String, String> catalog(Path folder) {
    return Map.of(
        "type",
        "jdbc",
        "uri",
        "jdbc:sqlite:%s?busy_timeout=30000&journal_mode=WAL"
            .formatted(folder.resolve("catalog.db")),
        "jdbc.schema-version",
        "V1");
  }

  public SparkSession spark() {
    return spark;
  }

  public Lake lake() {
    return Lake.of(spark);
  }

  public Path warehouse() {
    return folder.resolve("warehouse");
  }

  public Path checkpoints() {
    return folder.resolve("checkpoints");
  }

  /** The files of a checkpoint that is not there yet. */
  public CheckpointFiles checkpoint(String name) {
    return new CheckpointFiles(
        LakeSession.path(within(place, "checkpoints/" + name)),
        spark.sparkContext().hadoopConfiguration());
  }

  /** Stops the queries that the test has started, not Spark. */
  @Override
  public void close() {
    for (var query : spark.streams().active()) {
      try {
        query.stop();
      } catch (java.util.concurrent.TimeoutException e) {
        throw new IllegalStateException("Cannot stop query " + query.name(), e);
      }
    }
    SparkSession.clearActiveSession();
  }
}
