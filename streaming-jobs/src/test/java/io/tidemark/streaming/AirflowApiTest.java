package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tidemark.pipeline.Airflow;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AirflowApiTest {
  private final AirflowProtocol airflow = new AirflowProtocol();
  private final AirflowApi api = new AirflowApi(airflow.user());

  @AfterEach
  void stop() {
    airflow.close();
  }

  private void start(AirflowApi with, String run) throws IOException, InterruptedException {
    with.start("till_reconcile", run, JsonNodeFactory.instance.objectNode(), "a note");
  }

  @Test
  void aTokenIsAskedForOnceAndUsedForEveryRun() throws Exception {
    start(api, "one");
    start(api, "two");

    assertThat(airflow.logins()).isEqualTo(1);
    assertThat(airflow.requests())
        .extracting(AirflowProtocol.Request::authorization)
        .containsExactly("Bearer token-1", "Bearer token-1");
    assertThat(airflow.requests().get(0).path()).isEqualTo("/api/v2/dags/till_reconcile/dagRuns");
    assertThat(airflow.requests().get(0).body())
        .contains("\"dag_run_id\":\"one\"", "\"logical_date\":null");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void anOldTokenThatIsRefusedIsRenewed(int refusal) throws Exception {
    start(api, "one");
    airflow.answer(refusal);
    start(api, "two");

    assertThat(airflow.requests())
        .extracting(AirflowProtocol.Request::authorization)
        .containsExactly("Bearer token-1", "Bearer token-1", "Bearer token-2");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aNewTokenThatIsRefusedIsAFailure(int refusal) {
    airflow.answer(refusal);

    assertThatThrownBy(() -> start(api, "one"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("HTTP " + refusal)
        .hasMessageContaining("as asked");
    assertThat(airflow.logins()).isEqualTo(1);
  }

  @Test
  void aTokenOfTheConfigurationIsNotRenewed() {
    AirflowApi configured =
        new AirflowApi(
            new Airflow(
                airflow.url(), Optional.empty(), Optional.empty(), Optional.of("configured")));
    airflow.answer(403);

    assertThatThrownBy(() -> start(configured, "one")).hasMessageContaining("HTTP 403");
    assertThat(airflow.logins()).isZero();
    assertThat(airflow.requests()).hasSize(1);
  }

  @Test
  void aRunThatIsThereCountsAsStartedAndAServerThatFailsDoesNot() throws Exception {
    airflow.answer(409, 503);
    start(api, "one");

    assertThatThrownBy(() -> start(api, "two")).hasMessageContaining("HTTP 503");
    start(api, "two");
    assertThat(airflow.requests()).hasSize(3);
  }

  private Exception failure(Airflow with) {
    return catchThrowableOfType(IOException.class, () -> start(new AirflowApi(with), "one"));
  }

  private static Airflow by(String url, String token) {
    return new Airflow(URI.create(url), Optional.empty(), Optional.empty(), Optional.of(token));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2\n", "hunter2\u2026", "\0hunter2"})
  void aTokenThatNoHeaderCanHoldIsNotTold(String token) {
    Exception failure = failure(by(airflow.url().toString(), token));

    assertThat(failure).hasMessageStartingWith("airflow.token").hasNoCause();
    assertThat(failure.getMessage()).doesNotContain("hunter2");
  }

  @Test
  void anAnswerThatRepeatsTheTokenIsToldWithoutIt() {
    airflow.answer(500).saying("got 'Bearer hunter2'");

    assertThat(failure(by(airflow.url().toString(), "hunter2")))
        .hasMessageContaining("HTTP 500")
        .hasMessageContaining("got 'Bearer …'");
  }

  @Test
  void aServerThatIsNotThereIsToldWithWhatToDo() {
    airflow.close();

    assertThat(failure(airflow.user()))
        .hasMessageStartingWith("nothing answers at " + airflow.url())
        .hasMessageContaining("start Airflow's API server, or correct airflow.url");
  }

  @Test
  void aHostThatIsNotKnownIsTold() {
    assertThat(failure(by("http://airflow.invalid:8080", "a-token")))
        .hasMessageStartingWith("the host airflow.invalid is unknown: correct airflow.url");
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aLoginThatIsRefusedNamesItsKeys(int refusal) {
    airflow.answerLogins(refusal);

    assertThat(failure(airflow.user()))
        .hasMessageContaining("HTTP " + refusal)
        .hasMessageContaining("airflow.username and airflow.password")
        .hasMessageNotContaining("a password");
  }

  @Test
  void aTokenThatIsRefusedIsNamedByItsKey() {
    airflow.answer(401, 403);

    for (int refusal : List.of(401, 403)) {
      assertThat(failure(by(airflow.url().toString(), "a-token")))
          .hasMessageContaining("HTTP " + refusal)
          .hasMessageContaining("airflow.token");
    }
  }

  @Test
  void aUserWhoMayNotStartRunsIsToldOfThePermission() {
    airflow.answer(403);

    assertThat(failure(airflow.user()))
        .hasMessageContaining("HTTP 403")
        .hasMessageContaining("the user of airflow.username may not start runs of till_reconcile");
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 405})
  void aUrlThatEndsTooLateIsTold(int status) {
    airflow.answerLogins(status);

    assertThat(failure(airflow.user()))
        .hasMessageContaining("HTTP " + status)
        .hasMessageContaining("airflow.url is where Airflow's API server is, without /api/v2");
  }

  @Test
  void aDagThatIsNotThereIsTold() {
    airflow.answer(404);

    assertThat(failure(airflow.user()))
        .hasMessageContaining("HTTP 404")
        .hasMessageContaining("Airflow has no DAG till_reconcile")
        .hasMessageContaining("without /api/v2");
  }
}
