package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.local.AirflowRest;
import io.tidemark.local.AirflowUnderTest;
import io.tidemark.ops.DateState;
import io.tidemark.ops.DateState.State;
import io.tidemark.ops.EndedRun;
import io.tidemark.pipeline.Airflow;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.status.FinalityTables;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A real Airflow and one small lake, whose dates it proves in the order of the tests. */
@Tag("tool")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AirflowIT {
  private static final Instant NOW = Instant.parse("2024-05-10T09:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final String DAG = "rides_reconcile";
  private static final String VIEW = "rides_by_hour";
  private static final LocalDate FIRST = LocalDate.parse("2024-05-01");
  private static final LocalDate LAST = LocalDate.parse("2024-05-05");
  private static final List<LocalDate> CLOSED = FIRST.datesUntil(LAST.plusDays(1)).toList();
  private static final List<LocalDate> BACKFILLED = CLOSED.subList(0, 2);
  private static final String TASK = "reconcile_" + VIEW;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration MOMENT = Duration.ofMillis(500);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir static Path folder;

  private static TestLake lake;
  private static Rides rides;
  private static AirflowUnderTest servers;
  private static AirflowRest airflow;

  @BeforeAll
  static void makeALakeAndStartAirflow() throws Exception {
    lake = TestLake.in(folder);
    rides = new Rides(folder, lake);
    for (LocalDate date = FIRST; !date.isAfter(LAST.plusDays(1)); date = date.plusDays(1)) {
      send(date + "-a", date + "T10:00:00Z");
      send(date + "-b", date + "T10:10:00Z");
    }
    rides.land(NOW);
    rides.refresh("checkpoint", NOW);
    Map<String, String> spark = new HashMap<>();
    spark.put("spark.ui.enabled", "false");
    spark.put("spark.sql.shuffle.partitions", "2");
    // As TestLake has it: compiling a plan takes longer than passing a handful of rows through it.
    spark.put("spark.sql.codegen.wholeStage", "false");
    spark.put("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    spark.put("spark.databricks.delta.snapshotPartitions", "1");
    EnvironmentFile.write(
        new Environment(
            "127.0.0.1:9",
            folder.resolve("registry").toUri(),
            lake.warehouse().toUri(),
            lake.checkpoints().toUri(),
            TestLake.catalog(folder),
            Map.of(),
            spark),
        folder.resolve("environment.yaml"));
    // To try again what will fail again tells nothing more.
    Files.writeString(folder.resolve("pipeline/airflow.yaml"), "retries: 0\n");
    servers =
        AirflowUnderTest.start(
            folder.resolve("airflow"),
            folder.resolve("pipeline"),
            folder.resolve("environment.yaml"));
    airflow = servers.rest();
    airflow.patch("dags/" + DAG, Map.of("is_paused", false));
    airflow.patch("dags/rides_repair", Map.of("is_paused", false));
  }

  @AfterAll
  static void stop() {
    if (servers != null) {
      servers.close();
    }
    lake.close();
  }

  private static void send(String id, String time) throws IOException {
    send(id, "Zoo", time);
  }

  private static void send(String id, String station, String time) throws IOException {
    rides.send(id, station, Instant.parse(time).toEpochMilli(), NOW.toEpochMilli() * 1000, false);
  }

  private static SortedMap<LocalDate, DateState> dates() {
    return rides
        .tables()
        .operations()
        .dates()
        .read(lake.spark(), "rides")
        .getOrDefault(VIEW, new TreeMap<>());
  }

  private static List<LocalDate> sealedDates() {
    return dates().values().stream()
        .filter(date -> date.state() == State.SEALED)
        .map(DateState::date)
        .toList();
  }

  private static JsonNode events() throws IOException {
    return airflow.get("assets/events?order_by=-timestamp&limit=100").path("asset_events");
  }

  private static JsonNode lastEvent() throws IOException {
    return events().path(0);
  }

  private static Stream<EndedRun> runs(String verb) {
    return rides.tables().operations().runs().list(lake.spark(), verb, "rides").stream();
  }

  @Test
  @Order(1)
  void everyDagIsImportedWithoutAnErrorOrAWarning() throws Exception {
    assertThat(airflow.get("importErrors").path("import_errors")).isEmpty();
    assertThat(airflow.get("dagWarnings").path("dag_warnings")).isEmpty();
    servers.assertDagsAreRight();
  }

  /** The first run that Airflow plans is of yesterday, which is years after the last event. */
  @Test
  @Order(2)
  void aScheduledRunSealsWhatIsClosedAndFailsUntilTheDateOfItsIntervalIsFinal() throws Exception {
    assertThat(sealedDates()).isEmpty();
    await().atMost(PATIENCE).pollInterval(MOMENT).until(() -> !airflow.runs(DAG).isEmpty());
    String run = airflow.runs(DAG).keySet().iterator().next();

    assertThat(airflow.ended(DAG, run)).isEqualTo("failed");

    assertThat(run).startsWith("scheduled__");
    assertThat(servers.log(DAG, run, TASK, 1))
        .contains(VIEW + ": not final yet: 20", "the last closed date is " + LAST);
    assertThat(sealedDates()).isEqualTo(CLOSED);
    assertThat(airflow.tasks(DAG, run))
        .containsEntry("publish_" + VIEW, "success")
        .containsEntry("passed", "upstream_failed");
    assertThat(lastEvent().path("name").asText()).isEqualTo("rides." + VIEW);
    assertThat(lastEvent().path("extra").path("tidemark").asText()).isEqualTo(LAST.toString());
    assertThat(lastEvent().path("extra").path("dates"))
        .isEqualTo(JSON.valueToTree(List.of(List.of(FIRST.toString(), LAST.toString()))));
  }

  @Test
  @Order(3)
  void aBackfillOverTwoDaysProvesEachOnceAndTellsNoAsset() throws Exception {
    airflow.post(
        "backfills",
        Map.of(
            "dag_id",
            DAG,
            "from_date",
            FIRST + "T00:00:00Z",
            "to_date",
            BACKFILLED.get(1) + "T23:59:59Z",
            "max_active_runs",
            5,
            "run_backwards",
            false,
            "dag_run_conf",
            Map.of()));

    await()
        .atMost(PATIENCE)
        .pollInterval(MOMENT)
        .until(() -> backfilled().filter(List.of("success", "failed")::contains).count() == 2);

    assertThat(backfilled()).containsOnly("success");
    List<String> proven =
        runs("reconcile")
            .filter(run -> run.airflowRun().orElse("").startsWith("backfill__"))
            .map(run -> run.message().orElseThrow())
            .toList();
    assertThat(BACKFILLED)
        .allSatisfy(
            date ->
                assertThat(proven)
                    .filteredOn(
                        found -> found.contains("1 date from %s to %s,".formatted(date, date)))
                    .hasSize(1));
    assertThat(events()).as("they were sealed before").hasSize(1);
  }

  private static Stream<String> backfilled() throws IOException {
    return airflow.runs(DAG).values().stream()
        .filter(run -> run.path("run_type").asText().equals("backfill"))
        .map(run -> run.path("state").asText());
  }

  /** Writes a file of the pipeline, and waits until Airflow's tasks are as it says. */
  private static void write(String file, String text, String inTasks) throws IOException {
    Files.writeString(folder.resolve("pipeline").resolve(file), text);
    airflow.parse(DAG);
    await()
        .atMost(PATIENCE)
        .pollInterval(MOMENT)
        .until(() -> airflow.get("dags/%s/tasks".formatted(DAG)).toString().contains(inTasks));
  }

  /** Airflow is away at first, the stream is started again, and the first try is killed. */
  @Test
  @Order(4)
  void lateEventsStartOneRunForExactlyTheirDatesWhoseRetryFinishesWhatAKilledOneHasBegun()
      throws Exception {
    write("airflow.yaml", "retries: 1\nretry-delay: 1 second\n", "\"retries\":1");
    send("late-1", "2024-05-02T11:00:00Z");
    send("late-2", "2024-05-04T11:00:00Z");
    rides.land(NOW);
    new FinalityTables(lake.spark(), rides.tables(), CLOCK).publish();
    List<String> dirty = List.of("2024-05-02", "2024-05-04");

    AirflowTriggers away = triggers(URI.create("http://127.0.0.1:9"), AirflowRest.PASSWORD);
    assertThatThrownBy(away::look).isInstanceOf(IOException.class);
    AirflowTriggers refused = triggers(airflow.url(), "wrong");
    assertThatThrownBy(refused::look)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("HTTP 401")
        .hasMessageNotContaining("wrong");
    assertThat(outcomes()).containsExactly(AirflowTriggers.ASKED);

    AirflowTriggers started = triggers(airflow.url(), AirflowRest.PASSWORD);
    started.look();
    started.look();
    triggers(airflow.url(), AirflowRest.PASSWORD).look();

    assertThat(outcomes()).containsExactly(AirflowTriggers.ASKED, AirflowTriggers.STARTED);
    String run = asked().get(0).airflowRun().orElseThrow();
    List<String> byStream =
        airflow.runs(DAG).keySet().stream().filter(id -> id.startsWith("tidemark__")).toList();
    assertThat(byStream).containsExactly(run);
    assertThat(airflow.runs(DAG).get(run).path("conf").path("dates"))
        .isEqualTo(JSON.valueToTree(Map.of(VIEW, dirty)));

    servers.killSpark();
    assertThat(airflow.ended(DAG, run)).isEqualTo("success");

    assertThat(servers.log(DAG, run, TASK, 1))
        .contains("its driver was killed (exit code 137, SIGKILL)", "A retry is safe")
        .doesNotContain("Error code is: ");
    assertThat(airflow.tasks(DAG, run)).containsEntry("publish_" + VIEW, "success");
    assertThat(sealedDates()).isEqualTo(CLOSED);
    assertThat(lastEvent().path("extra").path("dates"))
        .isEqualTo(
            JSON.valueToTree(
                List.of(List.of(dirty.get(0), dirty.get(0)), List.of(dirty.get(1), dirty.get(1)))));
    assertThat(runs("reconcile").filter(ran -> ran.airflowRun().equals(Optional.of(run))))
        .extracting(EndedRun::outcome)
        .containsExactly("repaired");
  }

  /** There are two slots for tasks, which two repairs that waited in them would keep for ever. */
  @Test
  @Order(5)
  void aRepairProvesTheDatesOfItsFormAndHoldsNoSlotMeanwhile() throws Exception {
    repair("upside-down", "2024-05-03", "2024-05-02");
    repair("open", "2024-05-06", "2024-05-06");
    repair("form", "2024-05-02", "2024-05-03");

    assertThat(airflow.ended("rides_repair", "upside-down")).isEqualTo("failed");
    assertThat(servers.log("rides_repair", "upside-down", "read_form", 1))
        .contains("Cannot reconcile 2024-05-03 to 2024-05-02");
    assertThat(airflow.ended("rides_repair", "form")).isEqualTo("success");
    assertThat(airflow.runs(DAG).get("repair__form").path("state").asText()).isEqualTo("success");
    assertThat(airflow.ended("rides_repair", "open")).isEqualTo("failed");
    assertThat(servers.log("rides_repair", "open", "reconciled", 1))
        .contains("Run 'repair__open' of rides_reconcile has failed");
    assertThat(
            runs("reconcile").filter(run -> run.airflowRun().equals(Optional.of("repair__form"))))
        .singleElement()
        .satisfies(
            run ->
                assertThat(run.message().orElseThrow())
                    .contains("2 dates from 2024-05-02 to 2024-05-03,"));
  }

  /**
   * Of a view of another pipeline, whose lake is not there: what Tidemark tells of it is told by
   * hand.
   */
  @Test
  @Order(6)
  void whoeverWaitsForYesterdayWorksWhenItIsFinalAndNotBefore() throws Exception {
    String dag = "when_yesterday_is_final";
    airflow.patch("dags/" + dag, Map.of("is_paused", false));
    LocalDate yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1);

    assertThat(afterAnEvent(dag, yesterday.minusDays(1))).containsEntry("report", "skipped");
    assertThat(afterAnEvent(dag, yesterday)).containsEntry("report", "success");
  }

  /** The states of the tasks of the run that is started when a view is told to be final. */
  private static Map<String, String> afterAnEvent(String dag, LocalDate finalThrough)
      throws IOException {
    Set<String> before = airflow.runs(dag).keySet();
    JsonNode asset = airflow.get("assets?uri_pattern=retail/sales_by_product_day").at("/assets/0");
    airflow.post(
        "assets/events",
        Map.of(
            "asset_id",
            asset.path("id").asInt(),
            "extra",
            Map.of("tidemark", finalThrough.toString(), "sealed_through", NOW.toString())));
    await()
        .atMost(PATIENCE)
        .pollInterval(MOMENT)
        .until(() -> airflow.runs(dag).size() > before.size());
    String run =
        airflow.runs(dag).keySet().stream()
            .filter(id -> !before.contains(id))
            .findAny()
            .orElseThrow();
    assertThat(airflow.ended(dag, run)).isEqualTo("success");
    return airflow.tasks(dag, run);
  }

  @Test
  @Order(7)
  void aGateThatFailsHoldsBackTheSealOfItsDateAndOfNoOther() throws Exception {
    Files.writeString(folder.resolve("pipeline/airflow.yaml"), "retries: 0\n");
    write(
        "quality.yaml",
        """
        tables:
          - table: rides
            checks:
              - {name: the name, check: pattern, column: station, matches: '^[A-Z]', gate: seal}
        """,
        "\"gates\"");
    send("late-3", "2024-05-02T12:00:00Z");
    send("late-4", "?", "2024-05-04T12:00:00Z");
    rides.land(NOW);
    new FinalityTables(lake.spark(), rides.tables(), CLOCK).publish();
    triggers(airflow.url(), AirflowRest.PASSWORD).look();
    String run = asked().get(asked().size() - 1).airflowRun().orElseThrow();

    assertThat(airflow.ended(DAG, run)).isEqualTo("failed");

    String reason = "check 'the name' of rides.rides on 2024-05-04 found 0.75, but accepts >= 1";
    assertThat(servers.log(DAG, run, "gates", 1)).contains("2024-05-04 failed with 0.75");
    assertThat(servers.log(DAG, run, TASK, 1))
        .contains("2024-05-04 refused, so not repaired or sealed: " + reason);
    assertThat(airflow.tasks(DAG, run))
        .containsEntry("gates", "failed")
        .containsEntry(TASK, "failed")
        .containsEntry("quality", "failed")
        .containsEntry("publish_" + VIEW, "success")
        .containsEntry("passed", "upstream_failed");
    DateState refused = dates().get(LocalDate.parse("2024-05-04"));
    assertThat(refused.state()).isEqualTo(State.REFUSED);
    assertThat(refused.change().orElseThrow().reason()).isEqualTo(reason);
    assertThat(sealedDates()).isEqualTo(without(CLOSED, refused.date()));
    assertThat(lastEvent().path("extra").path("dates"))
        .isEqualTo(JSON.valueToTree(List.of(List.of("2024-05-02", "2024-05-02"))));
  }

  @Test
  @Order(6)
  void deadLettersAreReplayedAsTheFormSays() throws Exception {
    Map<String, Object> body = new HashMap<>();
    body.put("dag_run_id", "mended");
    body.put("logical_date", null);
    body.put("conf", Map.of("reason", "unknown-schema-id"));
    airflow.patch("dags/rides_replay_dead_letters", Map.of("is_paused", false));
    airflow.post("dags/rides_replay_dead_letters/dagRuns", body);

    assertThat(airflow.ended("rides_replay_dead_letters", "mended")).isEqualTo("success");
    assertThat(runs("dead-letters replay"))
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.airflowRun()).hasValue("mended");
              assertThat(run.outcome()).isEqualTo("nothing");
            });
  }

  private static List<LocalDate> without(List<LocalDate> dates, LocalDate one) {
    return dates.stream().filter(date -> !date.equals(one)).toList();
  }

  private static void repair(String run, String first, String last) throws IOException {
    Map<String, Object> body = new HashMap<>();
    body.put("dag_run_id", run);
    body.put("logical_date", null);
    body.put(
        "conf",
        Map.of("view", VIEW, "first_date", first, "last_date", last, "reason", "to be sure"));
    airflow.post("dags/rides_repair/dagRuns", body);
  }

  private static AirflowTriggers triggers(URI url, String password) {
    return new AirflowTriggers(
        lake.spark(),
        "rides",
        rides.tables().operations(),
        new AirflowApi(
            new Airflow(
                url, Optional.of(AirflowRest.USER), Optional.of(password), Optional.empty())),
        Clock.systemUTC());
  }

  private static List<EndedRun> asked() {
    return runs(AirflowTriggers.VERB).toList();
  }

  private static List<String> outcomes() {
    return asked().stream().map(EndedRun::outcome).toList();
  }
}
