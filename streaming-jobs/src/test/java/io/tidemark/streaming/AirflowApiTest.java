package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tidemark.pipeline.Airflow;
import java.io.IOException;
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
}
