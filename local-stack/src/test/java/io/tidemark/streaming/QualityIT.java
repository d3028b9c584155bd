package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.LaunchedVerb;
import io.tidemark.local.QualityJar;
import io.tidemark.ops.DateState;
import io.tidemark.ops.DateState.State;
import io.tidemark.ops.Operations;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.reconcile.ReconcileJob;
import io.tidemark.reconcile.ReconcileReport;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real deequ, in its own process on its own Spark, between landing and sealing. */
class QualityIT {
  private static final LocalDate FIRST = LocalDate.parse("2024-05-01");
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final Instant NOW = Instant.parse("2024-05-05T09:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final Map<String, String> FEW_ROWS =
      Map.of(
          "spark.sql.shuffle.partitions", "2",
          "spark.databricks.delta.snapshotPartitions", "1",
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN");
  private static final String CHECKS =
      """
      tables:
        - table: rides
          checks:
            - name: "the station's name"
              check: pattern
              column: station
              matches: '^[A-Z]'
              gate: seal
            - {name: steady, check: size, anomaly: {max-increase: 9, least-history: 1}, gate: seal}
        - table: rides_by_hour
          checks:
            - {name: rides, check: range, column: rides, min: 1}
        - table: other.things
          checks:
            - {name: what is left, check: size, at-least: 2, at-most: 2}
      """;

  @TempDir private Path folder;
  private TestLake lake;
  private Rides rides;

  @BeforeEach
  void open() throws IOException {
    Path pipeline = Files.createDirectories(folder.resolve("pipeline"));
    Files.writeString(pipeline.resolve("quality.yaml"), CHECKS);
    lake = TestLake.in(folder);
    rides = new Rides(folder, lake);
    EnvironmentFile.write(
        new Environment(
            "none:9092",
            folder.resolve("registry").toUri(),
            folder.resolve("warehouse").toUri(),
            folder.resolve("checkpoints").toUri(),
            TestLake.catalog(folder),
            Map.of(),
            FEW_ROWS),
        folder.resolve("environment.yaml"));
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private void land(String id, String station, String time) throws IOException {
    rides.send(id, station, Instant.parse(time).toEpochMilli(), NOW.toEpochMilli() * 1000, false);
    rides.land(NOW);
  }

  private ReconcileReport reconcile() {
    return new ReconcileJob(lake.spark(), rides.tables(), CLOCK).allClosed();
  }

  private SortedMap<LocalDate, DateState> dates() {
    return rides.tables().operations().dates().read(lake.spark(), "rides").get("rides_by_hour");
  }

  private String reason(LocalDate date) {
    return dates().get(date).change().orElseThrow().reason();
  }

  private List<String> results() {
    return lake
        .lake()
        .find(Operations.QUALITY.table(TableFormat.ICEBERG))
        .orElseThrow()
        .read(lake.spark())
        .orderBy("checked_at", "table_name", "date")
        .selectExpr("concat_ws(' ', table_name, date, outcome, value, failing, rows)")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private String quality(int exitCode, String... options) throws InterruptedException {
    List<String> verb =
        new ArrayList<>(
            List.of("quality", "--lake", folder.toString(), "--pipeline", folder + "/pipeline"));
    verb.addAll(List.of(options));
    try (LaunchedVerb quality = LaunchedVerb.start(folder, verb)) {
      assertThat(quality.exitCode()).as(quality.errors()).isEqualTo(exitCode);
      return quality.output();
    }
  }

  /**
   * The jar for spark-submit, by the real one of Spark 3.5 with what every Spark 3.5 has, and the
   * jars that the documentation names.
   */
  private String submitted(int exitCode, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@target/java.options",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                QualityJar.provided(),
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                "local[2]",
                "--jars",
                Files.readString(QualityJar.PACKAGES).strip(),
                "--class",
                "io.tidemark.quality.QualityCommand",
                QualityJar.JAR.toString(),
                "--environment",
                folder.resolve("environment.yaml").toString(),
                "--pipeline",
                folder + "/pipeline"));
    command.addAll(List.of(options));
    Path output = folder.resolve("submitted.out");
    Path errors = folder.resolve("submitted.err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    assertThat(process.waitFor()).as(() -> text(errors)).isEqualTo(exitCode);
    return text(output);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private void deletePartOfAFile() {
    String table = "delta.`%s`".formatted(folder.resolve("warehouse/other/things"));
    lake.spark()
        .sql(
            "CREATE TABLE %s USING delta TBLPROPERTIES ('delta.enableDeletionVectors' = 'true') AS SELECT id FROM range(0, 4, 1, 1)"
                .formatted(table));
    lake.spark().sql("DELETE FROM %s WHERE id < 2".formatted(table));
  }

  @Test
  void aDateThatFailsIsNeitherRepairedNorSealedAndNothingElseWaits() throws Exception {
    land("a", "Zoo", "2024-05-01T10:00:00Z");
    land("b", "?", "2024-05-01T11:00:00Z");
    land("c", "Zoo", "2024-05-02T10:00:00Z");
    land("d", "Zoo", "2024-05-03T10:00:00Z");
    rides.refresh("checkpoint", NOW);
    deletePartOfAFile();

    ReconcileReport unchecked = reconcile();
    assertThat(unchecked.exitCode()).isEqualTo(ExitCode.QUALITY_REFUSED);
    assertThat(unchecked.text())
        .contains(
            "are waiting for a check", "has not run (and 1 more). Run ./tidemark quality --dirty");
    assertThat(dates().get(FIRST).state()).isEqualTo(State.CLOSED);

    assertThat(quality(ExitCode.QUALITY_REFUSED, "--show"))
        .contains("the station's name", "\"station\":\"?\"");
    assertThat(results())
        .containsExactlyInAnyOrder(
            "other.things passed 2.0 2",
            "rides.rides 2024-05-01 passed 2.0 2",
            "rides.rides 2024-05-02 passed 1.0 1",
            "rides.rides 2024-05-03 passed 1.0 1",
            "rides.rides 2024-05-01 failed 0.5 1 2",
            "rides.rides 2024-05-02 passed 1.0 0 1",
            "rides.rides 2024-05-03 passed 1.0 0 1",
            "rides.rides_by_hour 2024-05-01 passed 1.0 0 2",
            "rides.rides_by_hour 2024-05-02 passed 1.0 0 1",
            "rides.rides_by_hour 2024-05-03 passed 1.0 0 1");

    ReconcileReport report = reconcile();
    assertThat(report.exitCode()).isEqualTo(ExitCode.QUALITY_REFUSED);
    assertThat(report.text()).contains("2024-05-01 is refused, so not repaired or sealed");
    assertThat(dates().get(FIRST).state()).isEqualTo(State.REFUSED);
    assertThat(reason(FIRST))
        .isEqualTo(
            "check 'the station's name' of rides.rides on 2024-05-01 found 0.5, but accepts >= 1");
    assertThat(dates().get(SECOND).state()).isEqualTo(State.SEALED);

    land("e", "?", "2024-05-02T12:00:00Z");
    assertThat(reconcile().json()).contains("ran on 1 events, and there are 2");
    assertThat(dates().get(SECOND).state()).isEqualTo(State.DIRTY);

    String again = submitted(ExitCode.QUALITY_REFUSED, "--dirty", "--json", "--table", "rides");
    assertThat(again).contains("\"date\" : \"2024-05-02\"").doesNotContain("2024-05-01");
    reconcile();
    assertThat(dates().get(SECOND).state()).isEqualTo(State.REFUSED);
    assertThat(reason(SECOND)).contains("found 0.5");
    assertThat(dates().get(SECOND).sealed()).isPresent();

    // Asked of what the edit has left, before anybody has found that it was one.
    lake.lake().register(lake.spark());
    lake.spark().sql("UPDATE rides.rides SET station = 'Zoo' WHERE date = '%s'".formatted(SECOND));
    quality(ExitCode.QUALITY_REFUSED, "--dirty", "--table", "rides");
    reconcile();
    assertThat(dates().get(SECOND).state()).isEqualTo(State.SEALED);
    assertThat(dates().get(FIRST).state()).isEqualTo(State.REFUSED);

    List<Row> runs =
        lake.lake()
            .find(Operations.RUNS.table(TableFormat.ICEBERG))
            .orElseThrow()
            .read(lake.spark())
            .where("verb = 'quality' AND exit_code = 11 AND outcome = 'refused'")
            .collectAsList();
    assertThat(runs).hasSize(3);
  }
}
