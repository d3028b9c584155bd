package io.tidemark.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.avro.Schema;

/**
 * A registry that speaks Confluent's REST API, with basic authentication where its URL holds a user
 * and a password. Known ids are kept for good: an id never changes its schema.
 */
final class ConfluentRegistry implements SchemaRegistry {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final int TRIES = 5;

  private final URI root;
  private final Optional<String> authorization;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final Map<Integer, Schema> known = new ConcurrentHashMap<>();

  ConfluentRegistry(URI place) {
    this.root = URI.create(SchemaRegistry.shown(place).replaceAll("/+$", "") + "/");
    this.authorization = Optional.ofNullable(place.getUserInfo()).map(ConfluentRegistry::basic);
  }

  private static String basic(String userAndPassword) {
    byte[] bytes = userAndPassword.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  @Override
  public int register(String subject, Schema schema) {
    String path = "subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8) + "/versions";
    String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(root.resolve(path))
                .header("Content-Type", "application/vnd.schemaregistry.v1+json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    if (answer.statusCode() == 409 || answer.statusCode() == 422) {
      throw new IllegalArgumentException(
          "Cannot register schema '%s' under subject '%s': it is not compatible with the one that is there. Give new fields a default, or take a new subject. The registry says: %s"
              .formatted(schema.getFullName(), subject, answer.body()));
    }
    return parse(expectSuccess(answer, path)).path("id").asInt();
  }

  @Override
  public Optional<Schema> byId(int id) {
    Schema schema = known.get(id);
    return schema != null ? Optional.of(schema) : fetch(id);
  }

  private Optional<Schema> fetch(int id) {
    if (id < 0) {
      return Optional.empty();
    }
    String path = "schemas/ids/" + id;
    HttpResponse<String> answer = send(HttpRequest.newBuilder(root.resolve(path)).GET());
    if (isUnknown(answer)) {
      return Optional.empty();
    }
    Schema schema =
        new Schema.Parser().parse(parse(expectSuccess(answer, path)).path("schema").asText());
    known.put(id, schema);
    return Optional.of(schema);
  }

  /**
   * Not found by the registry itself: a wrong URL gives a 404 too, and would reject every record.
   */
  private boolean isUnknown(HttpResponse<String> answer) {
    return answer.statusCode() == 404
        && answer.headers().firstValue("Content-Type").orElse("").contains("json")
        && parse(answer.body()).path("error_code").asInt() / 100 == 404;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    authorization.ifPresent(header -> request.header("Authorization", header));
    IOException last = null;
    for (int tried = 0; tried < TRIES; tried++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(tried * tried * 200L));
      try {
        HttpResponse<String> answer =
            http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() < 500) {
          return answer;
        }
        last = new IOException("HTTP " + answer.statusCode() + ": " + answer.body());
      } catch (IOException e) {
        last = e;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw unavailable(e);
      }
    }
    throw unavailable(last);
  }

  private String expectSuccess(HttpResponse<String> answer, String path) {
    if (answer.statusCode() != 200) {
      throw unavailable(
          new IOException("HTTP " + answer.statusCode() + " for " + path + ": " + answer.body()));
    }
    return answer.body();
  }

  private JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private RegistryUnavailableException unavailable(Exception cause) {
    return new RegistryUnavailableException(
        "Cannot use the schema registry at %s: %s. Check that it runs and that the environment file names it."
            .formatted(root, cause),
        cause);
  }
}
