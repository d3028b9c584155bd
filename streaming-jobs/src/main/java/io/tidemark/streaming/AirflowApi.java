package io.tidemark.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.pipeline.Airflow;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Airflow's REST API, version 2, as far as it starts runs of DAGs. */
final class AirflowApi {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int CONFLICT = 409;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Airflow airflow;
  private final URI root;
  private final HttpClient http;
  private Optional<String> token;

  AirflowApi(Airflow airflow) {
    this.airflow = airflow;
    this.root = URI.create(airflow.url().toString().replaceAll("/+$", "") + "/");
    this.token = airflow.token();
    // A redirect is not followed: it would take the token to wherever it leads.
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();
  }

  private record Answer(int status, String body) {}

  /**
   * Starts a run, unless the DAG has one of this id: it may be asked again for the same.
   *
   * @throws IOException if Airflow does not take it; the message says what it answers
   */
  void start(String dag, String run, JsonNode conf, String note)
      throws IOException, InterruptedException {
    ObjectNode body = JSON.createObjectNode().put("dag_run_id", run).put("note", note);
    body.putNull("logical_date");
    body.set("conf", conf);
    String path = "api/v2/dags/%s/dagRuns".formatted(URLEncoder.encode(dag, UTF_8));
    Answer answer = authorized(path, body.toString());
    if (answer.status() / 100 != 2 && answer.status() != CONFLICT) {
      throw unexpected(answer, path);
    }
  }

  private Answer authorized(String path, String body) throws IOException, InterruptedException {
    boolean isOld = token.isPresent() && airflow.token().isEmpty();
    Answer answer = post(path, body, Optional.of(token()));
    // 403 is what a token gets that another secret has signed, or one from the future.
    if ((answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN) && isOld) {
      token = Optional.empty();
      answer = post(path, body, Optional.of(token()));
    }
    return answer;
  }

  private String token() throws IOException, InterruptedException {
    if (token.isEmpty()) {
      String path = "auth/token";
      String login =
          JSON.createObjectNode()
              .put("username", airflow.username().orElseThrow())
              .put("password", airflow.password().orElseThrow())
              .toString();
      Answer answer = post(path, login, Optional.empty());
      if (answer.status() / 100 != 2) {
        throw unexpected(answer, path);
      }
      token = Optional.of(tokenIn(answer));
    }
    return token.get();
  }

  private String tokenIn(Answer answer) throws IOException {
    try {
      JsonNode said = JSON.readTree(answer.body());
      JsonNode found = said.path("access_token");
      String text = (found.isTextual() ? found : said.path("jwt_token")).asText();
      if (!text.isEmpty() && text.chars().allMatch(c -> c > ' ' && c < 127)) {
        return text;
      }
    } catch (JsonProcessingException e) {
      // Its message may quote the token.
    }
    throw new IOException("%sauth/token answers without a token".formatted(root));
  }

  /** Java's own limit of a request's time ends when the body begins. */
  private Answer post(String path, String body, Optional<String> bearer)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(root.resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    bearer.ifPresent(text -> request.header("Authorization", "Bearer " + text));
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    try {
      HttpResponse<String> said = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(said.statusCode(), said.body());
    } catch (TimeoutException e) {
      throw new IOException(
          "%s gives no answer within %d s".formatted(root, TIMEOUT.toSeconds()), e);
    } catch (ExecutionException e) {
      throw new IOException("%s cannot be reached: %s".formatted(root, e.getCause()), e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  /** An answer to a login may repeat what it was sent. */
  private IOException unexpected(Answer answer, String path) {
    String body = path.startsWith("auth/") ? "" : answer.body();
    return new IOException(
        "HTTP %d for %s%s %s"
            .formatted(
                answer.status(), root, path, body.length() > 300 ? body.substring(0, 300) : body)
            .strip());
  }
}
