package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.ops.DateState;
import io.tidemark.ops.EndedRun;
import io.tidemark.ops.OperationTables;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class AirflowTriggersIT {
  private static final Instant SEALED = Instant.parse("2011-01-05T00:00:00Z");
  private static final LocalDate FIRST = LocalDate.parse("2011-01-01");
  private static final LocalDate SECOND = LocalDate.parse("2011-01-02");

  @TempDir static Path folder;

  private static TestLake lake;
  private static OperationTables operations;
  private static int looks;

  private final AirflowProtocol airflow = new AirflowProtocol();
  private String pipeline;

  @BeforeAll
  static void open() {
    lake = TestLake.in(folder);
    operations = OperationTables.open(lake.lake(), TableFormat.ICEBERG);
  }

  @AfterAll
  static void closeLake() {
    lake.close();
  }

  /** One lake for all tests, and a pipeline for each. */
  @BeforeEach
  void name(TestInfo test) {
    pipeline = test.getTestMethod().orElseThrow().getName();
  }

  @AfterEach
  void close() {
    airflow.close();
  }

  /** Makes these dates dirty and all others sealed. */
  private void dirty(LocalDate... dates) {
    looks++;
    SortedMap<LocalDate, DateState> states = new TreeMap<>();
    for (LocalDate date : List.of(FIRST, SECOND)) {
      boolean isDirty = List.of(dates).contains(date);
      states.put(
          date,
          new DateState(
              date,
              isDirty ? DateState.State.DIRTY : DateState.State.SEALED,
              Optional.of(new DateState.Sealed(1L, Optional.empty(), SEALED, "run")),
              isDirty
                  ? Optional.of(
                      new DateState.Change("late", Optional.empty(), OptionalLong.empty()))
                  : Optional.empty()));
    }
    operations
        .dates()
        .rewrite(
            lake.spark(), pipeline, before -> Map.of("sales", states), SEALED.plusSeconds(looks));
  }

  private AirflowTriggers triggers() {
    return new AirflowTriggers(
        lake.spark(), pipeline, operations, new AirflowApi(airflow.user()), Clock.systemUTC());
  }

  private List<JsonNode> asked() throws IOException {
    List<JsonNode> bodies = new ArrayList<>();
    for (AirflowProtocol.Request request : airflow.requests()) {
      bodies.add(new ObjectMapper().readTree(request.body()));
    }
    return bodies;
  }

  private List<String> datesAsked() throws IOException {
    return asked().stream().map(body -> body.path("conf").path("dates").toString()).toList();
  }

  private List<String> outcomes() {
    return operations.runs().list(lake.spark(), AirflowTriggers.VERB, pipeline).stream()
        .map(EndedRun::outcome)
        .toList();
  }

  @Test
  void nothingIsAskedTwiceAndADateThatTurnsDirtyAgainIsAskedAgain() throws Exception {
    AirflowTriggers triggers = triggers();
    dirty(FIRST);
    triggers.look();
    triggers.look();
    dirty(FIRST, SECOND);
    triggers.look();
    triggers().look();
    dirty();
    triggers.look();
    dirty(FIRST);
    triggers.look();

    assertThat(datesAsked())
        .containsExactly(
            "{\"sales\":[\"2011-01-01\"]}",
            "{\"sales\":[\"2011-01-02\"]}",
            "{\"sales\":[\"2011-01-01\"]}");
    assertThat(asked())
        .extracting(body -> body.path("dag_run_id").asText())
        .doesNotHaveDuplicates();
  }

  @Test
  void whatAServerHasFailedAtIsAskedAgainAsTheSameRun() throws Exception {
    airflow.answer(503, 500);
    AirflowTriggers triggers = triggers();
    dirty(FIRST);
    assertThatThrownBy(triggers::look).hasMessageContaining("HTTP 503");
    // The stream is started again meanwhile.
    AirflowTriggers next = triggers();
    assertThatThrownBy(next::look).hasMessageContaining("HTTP 500");
    assertThat(outcomes()).containsExactly(AirflowTriggers.ASKED);
    // The run was started, and its answer lost.
    airflow.answer(409);
    next.look();
    next.look();

    assertThat(asked()).hasSize(3);
    assertThat(asked()).extracting(body -> body.path("dag_run_id").asText()).containsOnly(id());
    assertThat(outcomes()).containsExactly(AirflowTriggers.ASKED, AirflowTriggers.STARTED);
  }

  private String id() throws IOException {
    return asked().get(0).path("dag_run_id").asText();
  }

  @Test
  void aDateThatSomebodyElseHasReconciledIsOvertaken() throws Exception {
    airflow.answer(503);
    AirflowTriggers triggers = triggers();
    dirty(FIRST);
    assertThatThrownBy(triggers::look).isInstanceOf(IOException.class);
    dirty(SECOND);
    triggers.look();

    assertThat(datesAsked())
        .containsExactly("{\"sales\":[\"2011-01-01\"]}", "{\"sales\":[\"2011-01-02\"]}");
    assertThat(outcomes())
        .containsExactlyInAnyOrder(
            AirflowTriggers.ASKED,
            AirflowTriggers.OVERTAKEN,
            AirflowTriggers.ASKED,
            AirflowTriggers.STARTED);
  }

  @Test
  void pausesBetweenTriesDoubleUpToFiveMinutes() {
    assertThat(IntStream.range(0, 8).mapToObj(AirflowTriggers::pause).map(Duration::toSeconds))
        .containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
    assertThat(AirflowTriggers.pause(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void closingEndsWhatWasBegunAndBeginsNothing() throws Exception {
    dirty(FIRST);
    AirflowTriggers triggers = triggers();
    triggers.wake();
    triggers.close();
    assertThat(datesAsked()).containsExactly("{\"sales\":[\"2011-01-01\"]}");

    dirty(SECOND);
    triggers.wake();
    triggers.close();
    assertThat(asked()).hasSize(1);
  }
}
