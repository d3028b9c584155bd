package io.tidemark.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.pipeline.Airflow;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.lang3.exception.ExceptionUtils;

/** Airflow's REST API, version 2, as far as it starts runs of DAGs. */
final class AirflowApi {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int CONFLICT = 409;
  private static final int LONGEST_ANSWER = 300;
  private static final String RIGHT_URL =
      "airflow.url is where Airflow's API server is, without /api/v2: correct it in the environment"
          + " file, and start the stream again";
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
      throw new IOException(
          "HTTP %d for %s%s %s%s"
              .formatted(answer.status(), root, path, said(answer), whatNow(answer.status(), dag)));
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
        // The answer to a login may repeat what it was sent.
        throw new IOException(
            "HTTP %d for %s%s%s"
                .formatted(answer.status(), root, path, whatNowOfLogin(answer.status())));
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
    if (bearer.isPresent()) {
      authorize(request, bearer.get());
    }
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    try {
      HttpResponse<String> said = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(said.statusCode(), said.body());
    } catch (TimeoutException e) {
      throw new IOException(
          "%s did not answer within %d s".formatted(root, TIMEOUT.toSeconds()), e);
    } catch (ExecutionException e) {
      throw unreachable(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  /** Java's exception quotes a header that it refuses, so ours does not carry it as its cause. */
  private static void authorize(HttpRequest.Builder request, String bearer) throws IOException {
    boolean isPossible = true;
    try {
      request.header("Authorization", "Bearer " + bearer);
    } catch (IllegalArgumentException e) {
      isPossible = false;
    }
    if (!isPossible) {
      throw new IOException(
          "airflow.token holds a line end or another character that no header can hold: correct it"
              + " in the environment file, and start the stream again");
    }
  }

  private IOException unreachable(Throwable failure) {
    List<Throwable> causes = ExceptionUtils.getThrowableList(failure);
    String message;
    if (causes.stream()
        .anyMatch(
            e -> e instanceof UnresolvedAddressException || e instanceof UnknownHostException)) {
      message =
          "the host %s is unknown: correct airflow.url in the environment file, or add the host to DNS"
              .formatted(root.getHost());
    } else if (failure instanceof ConnectException) {
      message =
          "nothing answers at %s (%s): start Airflow's API server, or correct airflow.url in the environment file"
              .formatted(root, reason(causes, "connection refused"));
    } else {
      message = "%s cannot be reached: %s".formatted(root, reason(causes, failure.toString()));
    }
    return new IOException(message, failure);
  }

  /** The innermost message, since those around it are often without one. */
  private static String reason(List<Throwable> causes, String otherwise) {
    return causes.stream()
        .map(Throwable::getMessage)
        .filter(text -> text != null && !text.isBlank())
        .reduce((outer, inner) -> inner)
        .orElse(otherwise);
  }

  private String said(Answer answer) {
    String body = token.map(text -> answer.body().replace(text, "…")).orElse(answer.body());
    return body.length() > LONGEST_ANSWER ? body.substring(0, LONGEST_ANSWER) : body;
  }

  private String whatNow(int status, String dag) {
    if (airflow.token().isPresent() && (status == UNAUTHORIZED || status == FORBIDDEN)) {
      return ": Airflow does not accept airflow.token, which may have expired, or its user may not"
          + " start runs of %s: correct it in the environment file, and start the stream again"
              .formatted(dag);
    }
    return switch (status) {
      case UNAUTHORIZED ->
          ": Airflow does not accept the token that it gave the user of airflow.username: check"
              + " that all its API servers share one secret and have the right time";
      case FORBIDDEN ->
          ": the user of airflow.username may not start runs of %s: permit it in Airflow"
              .formatted(dag);
      case NOT_FOUND ->
          ": Airflow has no DAG %s: see whether the pipeline's DAGs are there. If they are, %s"
              .formatted(dag, RIGHT_URL);
      case NOT_ALLOWED -> ": " + RIGHT_URL;
      default -> "";
    };
  }

  private static String whatNowOfLogin(int status) {
    return switch (status) {
      case UNAUTHORIZED, FORBIDDEN ->
          ": Airflow does not accept airflow.username and airflow.password: correct them in the"
              + " environment file, and start the stream again";
      case NOT_FOUND, NOT_ALLOWED -> ": " + RIGHT_URL;
      default -> "";
    };
  }
}
