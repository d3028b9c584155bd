package io.tidemark.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * A registry that speaks Confluent's REST API, with basic authentication where its URL holds a user
 * and a password, and a bearer token where it holds but that. Known ids are kept for good: an id
 * never changes its schema.
 */
final class ConfluentRegistry implements SchemaRegistry {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RegistryHttp http;
  private final RegistryHttp brief;
  private final Map<Integer, Schema> known = new ConcurrentHashMap<>();

  ConfluentRegistry(URI place) {
    this(place, RegistryHttp.Limits.USUAL);
  }

  ConfluentRegistry(URI place, RegistryHttp.Limits limits) {
    URI root = URI.create(SchemaRegistry.shown(place).replaceAll("/+$", "") + "/");
    Optional<String> login = Optional.ofNullable(place.getRawUserInfo()).map(raw -> login(place));
    this.http = new RegistryHttp(root, login, limits);
    this.brief = new RegistryHttp(root, login, RegistryHttp.Limits.BRIEF);
  }

  /** Its header. A colon of a token itself is encoded. */
  private static String login(URI place) {
    if (!place.getRawUserInfo().contains(":")) {
      return "Bearer " + place.getUserInfo();
    }
    byte[] userAndPassword = place.getUserInfo().getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(userAndPassword);
  }

  @Override
  public Optional<String> unreachable() {
    try {
      brief.get("");
      return Optional.empty();
    } catch (BoundedText.TooLongException answered) {
      return Optional.empty();
    } catch (RegistryUnavailableException | RegistryRefusedException e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  public int register(String subject, Schema schema) {
    String path = "subjects/" + encoded(subject) + "/versions";
    String body = JSON.createObjectNode().put("schema", schema.toString()).toString();
    try {
      RegistryHttp.Answer answer = http.post(path, body);
      if (answer.status() == 409 || answer.status() == 422) {
        throw new IllegalArgumentException(
            "Cannot register schema '%s' under subject '%s': it is not compatible with the one that is there. Give new fields a default, or take a new subject. The registry says: %s"
                .formatted(schema.getFullName(), subject, answer.body()));
      }
      JsonNode id = json(answer).map(json -> json.path("id")).orElse(JSON.missingNode());
      if (answer.status() != 200 || !id.isInt()) {
        throw http.unexpected(answer, path);
      }
      return id.asInt();
    } catch (BoundedText.TooLongException e) {
      throw http.unavailable(e);
    }
  }

  private static String encoded(String subject) {
    return URLEncoder.encode(subject, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public Optional<Schema> byId(int id) {
    Schema schema = known.get(id);
    if (schema != null || id < 0) {
      return Optional.ofNullable(schema);
    }
    Optional<Schema> found =
        fetch(id, "schemas/ids/" + id)
            .map(registered -> registered.parsed(id, reference -> find(id, reference)));
    found.ifPresent(read -> known.put(id, read));
    return found;
  }

  /** A version that has been deleted, but not for good, is still what its readers refer to. */
  private Optional<RegisteredSchema> find(int id, RegisteredSchema.Reference reference) {
    String path =
        "subjects/%s/versions/%s"
            .formatted(encoded(reference.subject()), encoded(reference.version()));
    return fetch(id, path).or(() -> fetch(id, path + "?deleted=true"));
  }

  /**
   * What stands there, empty if the registry says that nothing does.
   *
   * @param id that it is wanted for
   */
  private Optional<RegisteredSchema> fetch(int id, String path) {
    try {
      RegistryHttp.Answer answer = http.get(path);
      Optional<JsonNode> json = json(answer);
      if (answer.status() == 404 && isUnknown(answer, json)) {
        return Optional.empty();
      }
      JsonNode text = json.map(found -> found.path("schema")).orElse(JSON.missingNode());
      if (answer.status() != 200 || !text.isTextual()) {
        throw http.unexpected(answer, path);
      }
      return Optional.of(RegisteredSchema.of(text.asText(), json.orElseThrow()));
    } catch (BoundedText.TooLongException e) {
      throw UnreadableSchemaException.forGood(
          "schema %d is too long to be read: %s".formatted(id, e.getMessage()), e);
    }
  }

  /**
   * Not found by the registry itself: a wrong URL gives a 404 too, and would reject every record.
   */
  private static boolean isUnknown(RegistryHttp.Answer answer, Optional<JsonNode> json) {
    return answer.contentType().contains("json")
        && json.map(said -> said.path("error_code").asInt() / 100 == 404).orElse(false);
  }

  /** Empty for anything else, which a proxy may answer in the registry's place. */
  private static Optional<JsonNode> json(RegistryHttp.Answer answer) {
    try {
      return Optional.ofNullable(JSON.readTree(answer.body())).filter(JsonNode::isObject);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }
}
