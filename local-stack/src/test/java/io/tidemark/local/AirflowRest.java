package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks Airflow by its REST API, as its only user. */
public final class AirflowRest {
  public static final String USER = "admin";
  public static final String PASSWORD = "a secret of this test";

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration MOMENT = Duration.ofMillis(500);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI url;

  /** Airflow's server fails at the offer of a later one. */
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private String token;

  AirflowRest(URI url) {
    this.url = url;
  }

  public URI url() {
    return url;
  }

  public JsonNode get(String path) throws IOException {
    return send("GET", path, null);
  }

  public JsonNode post(String path, Object body) throws IOException {
    return send("POST", path, JSON.writeValueAsString(body));
  }

  public JsonNode patch(String path, Object body) throws IOException {
    return send("PATCH", path, JSON.writeValueAsString(body));
  }

  /** Has the file of a DAG read again, which Airflow else does twice a minute. */
  public void parse(String dag) throws IOException {
    send("PUT", "parseDagFile/" + get("dags/" + dag).path("file_token").asText(), null);
  }

  private JsonNode send(String method, String path, String body) throws IOException {
    if (token == null) {
      token =
          request("POST", "/auth/token", json(Map.of("username", USER, "password", PASSWORD)))
              .path("access_token")
              .asText();
    }
    return request(method, "/api/v2/" + path, body);
  }

  private static String json(Object value) throws IOException {
    return JSON.writeValueAsString(value);
  }

  private JsonNode request(String method, String path, String body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isLessThan(300);
      return JSON.readTree(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The runs of a DAG by their ids. */
  public Map<String, JsonNode> runs(String dag) throws IOException {
    Map<String, JsonNode> runs = new TreeMap<>();
    get("dags/%s/dagRuns?limit=100".formatted(dag))
        .path("dag_runs")
        .forEach(run -> runs.put(run.path("dag_run_id").asText(), run));
    return runs;
  }

  /** The state of each task of a run. */
  public Map<String, String> tasks(String dag, String run) throws IOException {
    Map<String, String> states = new TreeMap<>();
    get("dags/%s/dagRuns/%s/taskInstances".formatted(dag, encoded(run)))
        .path("task_instances")
        .forEach(task -> states.put(task.path("task_id").asText(), task.path("state").asText()));
    return states;
  }

  private static String encoded(String text) {
    // In a path a plus is a plus.
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** Waits for the end of a run, and says with its logs how it ended. */
  public String ended(String dag, String run) {
    await()
        .atMost(PATIENCE)
        .pollInterval(MOMENT)
        .until(() -> List.of("success", "failed").contains(state(dag, run)));
    try {
      return state(dag, run);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String state(String dag, String run) throws IOException {
    JsonNode found = runs(dag).get(run);
    return found == null ? "absent" : found.path("state").asText();
  }
}
