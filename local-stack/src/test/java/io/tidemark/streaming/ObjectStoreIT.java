package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.forget.ForgetJob;
import io.tidemark.lake.VerbSession;
import io.tidemark.local.OlderSpark;
import io.tidemark.local.S3Proxy;
import io.tidemark.local.SubmittedVerb;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.Operations;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.report.StatusReport;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.ObjectCheckpoints;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.table.UpkeepPolicy;
import io.tidemark.table.UpkeepTask;
import io.tidemark.table.session.LakeSession;
import io.tidemark.upkeep.MaintainReport;
import io.tidemark.upkeep.MaintainRun;
import io.tidemark.view.validation.RowCondition;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.streaming.checkpointing.CheckpointFileManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A lake whose tables and checkpoints are on S3, and whose Iceberg catalog is in PostgreSQL. */
class ObjectStoreIT {
  private static final Instant NOW = Instant.parse("2024-05-03T09:00:00Z");
  private static final Instant TEN = Instant.parse("2024-05-01T10:00:00Z");

  @TempDir private static Path folder;
  private static S3Proxy s3;
  private static EmbeddedPostgres database;

  @BeforeAll
  static void start() throws Exception {
    s3 = S3Proxy.start(folder);
    // The first one of a JVM is kept, and Spark's start makes one.
    FileSystem.get(s3.place(""), s3.hadoop());
    database =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(folder.resolve("postgresql").toFile())
            .setDataDirectory(folder.resolve("database"))
            .start();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
    s3.close();
  }

  private static TestLake open(String name) {
    TestLake lake = TestLake.at(folder, s3.place(name), catalog(name), ObjectCheckpoints.SETTINGS);
    // Another test of this JVM may have started its Spark.
    s3.settings().forEach(lake.spark().sparkContext().hadoopConfiguration()::set);
    return lake;
  }

  private static Map<String, String> catalog(String name) {
    return Map.of(
        "type", "jdbc",
        "uri", database.getJdbcUrl("postgres", "postgres"),
        "jdbc.schema-version", "V1");
  }

  @Test
  void noCommitOfTwoDriversIsLost() throws Exception {
    Map<TableFormat, Integer> counts = Map.of(TableFormat.DELTA, 100, TableFormat.ICEBERG, 10);
    try (TestLake lake = open("two")) {
      counts.keySet().forEach(format -> lake.lake().create(SecondDriver.table(format)));
      try (SecondDriver second =
          SecondDriver.start(folder, s3, s3.place("two"), catalog("two"), counts)) {
        for (TableFormat format : counts.keySet()) {
          LakeTable table = lake.lake().find(SecondDriver.table(format)).orElseThrow();
          await()
              .atMost(Duration.ofMinutes(2))
              .until(() -> hasRows(lake, table) || !second.isRunning());
          SecondDriver.append(lake, table, "first", counts.get(format));
        }
        assertThat(second.result()).isEmpty();
      }
      counts.forEach(
          (format, count) ->
              assertThat(numbers(lake, format))
                  .as(format.name())
                  .hasSize(2 * count)
                  .doesNotHaveDuplicates());
    }
  }

  private static boolean hasRows(TestLake lake, LakeTable table) {
    return table.lastBatch("append.second").isPresent();
  }

  private static List<String> numbers(TestLake lake, TableFormat format) {
    return lake
        .lake()
        .find(SecondDriver.table(format))
        .orElseThrow()
        .read(lake.spark())
        .collectAsList()
        .stream()
        .map(row -> row.getString(0) + " " + row.getLong(1))
        .toList();
  }

  @Test
  void aVerbFindsTheStoreFitAndKeepsCheckpointsInItsWay() {
    try (TestLake lake = open("rides")) {
      SparkSession spark = VerbSession.open("test", environment());

      assertThat(spark).isNotSameAs(lake.spark());
      assertThat(LakeSession.keepsLogOnS3(spark)).isTrue();
      assertThat(
              CheckpointFileManager.create(
                  LakeSession.path(environment().checkpoints()),
                  spark.sessionState().newHadoopConf()))
          .isInstanceOf(ObjectCheckpoints.class);
    }
  }

  /** Events in Iceberg, which a stream reads there; what reconciliation writes in Delta. */
  @Test
  void aPipelineIsLandedRefreshedRepairedErasedAndMaintained() throws Exception {
    try (TestLake lake = open("rides")) {
      Rides rides = new Rides(folder, lake, TableFormat.ICEBERG, TableFormat.DELTA);
      send(rides, "a", "2024-05-01T10:00:00Z");
      send(rides, "b", "2024-05-02T10:00:00Z");
      LedgerSpan first = rides.sendBroken(NOW).land(NOW);
      rides.refresh("rides/refresh/rides_by_hour", NOW);
      send(rides, "late", "2024-05-01T11:00:00Z");
      rides.land(NOW);
      rides.refresh("rides/refresh/rides_by_hour", NOW);
      rides.reconcile(NOW);

      assertThat(rides.tables().operations().tidemarks().read(lake.spark(), "rides"))
          .containsEntry("rides_by_hour", Optional.of(LocalDate.parse("2024-05-01")));
      assertThat(first.balances()).isTrue();
      assertThat(first.deadLetters()).isEqualTo(1);
      assertThat(shown(rides)).as("repaired").isEqualTo(Map.of(TEN, 1L, TEN.plusSeconds(3600), 1L));

      new ForgetJob(lake.spark(), rides.tables(), environment(), Clock.systemUTC())
          .forget(
              RowCondition.of("event_id = 'late'"),
              Optional.empty(),
              "asked to",
              "somebody",
              Optional.empty());
      rides.reconcile(NOW);
      assertThat(shown(rides)).as("erased").isEqualTo(Map.of(TEN, 1L));

      MaintainRun run =
          new MaintainRun(
              lake.spark(), rides.tables(), environment(), Clock.systemUTC(), Optional.empty());
      MaintainReport report = run.run(run.all(), () -> true).orElseThrow();
      assertThat(report.exitCode()).as(report.json()).isZero();
      StatusReport status =
          StatusReport.of(lake.spark(), rides.tables(), Optional.empty(), true, NOW);
      assertThat(status.problems()).isEmpty();
    }
  }

  private static Environment environment() {
    return environment("rides", Map.of());
  }

  private static Environment environment(String name, Map<String, String> spark) {
    return new Environment(
        "127.0.0.1:9",
        folder.resolve("registry").toUri(),
        s3.place(name + "/warehouse"),
        s3.place(name + "/checkpoints"),
        catalog(name),
        Map.of(),
        spark);
  }

  /** Of a Spark 3.5, whose Hadoop has been replaced by ours. */
  @Test
  void checksKeepTheirResultsBesideAnotherWriter() throws Exception {
    try (TestLake lake = open("checks")) {
      SecondDriver.append(
          lake, lake.lake().create(SecondDriver.table(TableFormat.DELTA)), "first", 1);
      LakeTable runs = lake.lake().create(Operations.RUNS.table(TableFormat.DELTA));
      long others = 0;
      try (SubmittedVerb checks =
          checks(lake, OlderSpark.withNewerHadoop(folder.resolve("spark-3.5")))) {
        // From here on they write: two tables are still to come.
        await()
            .atMost(Duration.ofMinutes(2))
            .pollInterval(Duration.ofMillis(200))
            .until(() -> has(lake, Operations.QUALITY_METRICS) || !checks.isAlive());
        while (checks.isAlive()) {
          runs.append(lake.spark(), List.of(run()), new Commit("append.runs", others++));
        }
        assertThat(checks.exitCode()).as(checks::errors).isZero();
      }
      assertThat(others).isPositive();
      assertThat(runs.read(lake.spark()).groupBy("verb").count().collectAsList())
          .containsExactlyInAnyOrder(
              RowFactory.create("other", others), RowFactory.create("quality", 1L));
      LakeTable results =
          lake.lake().find(Operations.QUALITY.table(TableFormat.DELTA)).orElseThrow();
      assertThat(results.read(lake.spark()).where("outcome = 'passed'").count()).isEqualTo(1);
    }
  }

  /** Of a Spark 3.5 as it is, to which the client of a newer Hadoop was added. */
  @Test
  void checksSayIfTwoHadoopsMeet() throws Exception {
    try (TestLake lake = open("checks");
        SubmittedVerb checks = checks(lake, OlderSpark.in(folder.resolve("spark-3.5-as-it-is")))) {
      assertThat(checks.exitCode()).as(checks::errors).isEqualTo(ExitCode.FAILED);
      assertThat(checks.errors())
          .contains(
              "hadoop-aws has to be of the version of Spark's own Hadoop, which is 3.3.4 here");
    }
  }

  private static SubmittedVerb checks(TestLake lake, OlderSpark spark) throws IOException {
    new Rides(folder, lake, TableFormat.ICEBERG, TableFormat.DELTA);
    Path pipeline = folder.resolve("pipeline");
    Files.writeString(
        pipeline.resolve("quality.yaml"),
        "tables: [{table: shop.numbers_in_delta, checks: [{name: one, check: size, at-least: 1}]}]");
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "spark.sql.codegen.wholeStage", "false",
                "spark.sql.codegen.factoryMode", "NO_CODEGEN",
                "spark.sql.shuffle.partitions", "1",
                "spark.databricks.delta.snapshotPartitions", "1"));
    s3.settings().forEach((key, value) -> settings.put("spark.hadoop." + key, value));
    Path file = folder.resolve("checks.yaml");
    EnvironmentFile.write(environment("checks", settings), file);
    return spark.checks(pipeline, file, folder);
  }

  private static boolean has(TestLake lake, Operations table) {
    return lake.lake().find(table.table(TableFormat.DELTA)).isPresent();
  }

  private static Row run() {
    Timestamp now = Timestamp.from(NOW);
    return RowFactory.create("id", "other", "rides", now, now, 0, "fine", null, null);
  }

  private static Map<Instant, Long> shown(Rides rides) {
    return rides.shown("Zoo", Instant.parse("2024-05-02T00:00:00Z"));
  }

  private static void send(Rides rides, String id, String time) throws IOException {
    Instant at = Instant.parse(time);
    rides.send(id, "Zoo", at.toEpochMilli(), NOW.toEpochMilli() * 1000, false);
  }

  /** A file of a writer that was killed, and the table's own. */
  @ParameterizedTest
  @EnumSource
  void whatNobodyNeedsIsDeleted(TableFormat format) throws Exception {
    try (TestLake lake = open("upkeep-" + format)) {
      LakeTable table = lake.lake().create(SecondDriver.table(format));
      SecondDriver.append(lake, table, "first", 4);
      List<String> numbers = numbers(lake, format);
      FileSystem s3a = new org.apache.hadoop.fs.Path(s3.place("")).getFileSystem(s3.hadoop());
      org.apache.hadoop.fs.Path orphan =
          new org.apache.hadoop.fs.Path(dataFile(lake, table).getParent(), "part-killed.parquet");
      s3a.create(orphan).close();
      UpkeepPolicy policy =
          new UpkeepPolicy(1, date -> true, later(), 0, Optional.of(later()), List.of());

      List<UpkeepTask> tasks = table.upkeep().tasks(policy);
      tasks.forEach(task -> task.work().get());

      assertThat(tasks)
          .extracting(UpkeepTask::kind)
          .contains(UpkeepTask.Kind.COMPACT, UpkeepTask.Kind.DELETE_ORPHANS);
      assertThat(s3a.exists(orphan)).isFalse();
      assertThat(numbers(lake, format)).containsExactlyInAnyOrderElementsOf(numbers);
    }
  }

  private static org.apache.hadoop.fs.Path dataFile(TestLake lake, LakeTable table) {
    return new org.apache.hadoop.fs.Path(
        table.read(lake.spark()).selectExpr("input_file_name()").head().getString(0));
  }

  /** S3 tells times in seconds. */
  private static Instant later() {
    return Instant.now().plusSeconds(2);
  }
}
