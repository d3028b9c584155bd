package io.tidemark.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * A folder of schemas, one file each; {@code ids.json} beside them says which id is which file, and
 * under which subject. An entry may have {@code references}, as Confluent's API writes them; the
 * versions of a subject count its ids from 1.
 */
final class FolderRegistry implements SchemaRegistry {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String IDS = "ids.json";
  private static final long LONGEST = RegistryHttp.Limits.USUAL.bytes();

  private final Path folder;
  private final Map<Integer, Schema> known = new ConcurrentHashMap<>();

  FolderRegistry(Path folder) {
    this.folder = folder;
  }

  @Override
  public synchronized int register(String subject, Schema schema) {
    try {
      Files.createDirectories(folder);
      try (var file = new RandomAccessFile(folder.resolve("ids.lock").toFile(), "rw");
          FileLock lock = file.getChannel().lock()) {
        return lock.isValid() ? registerLocked(subject, schema) : -1;
      }
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  /** A folder that is not there is made by the first who registers. */
  @Override
  public Optional<String> unreachable() {
    return Optional.empty();
  }

  private int registerLocked(String subject, Schema schema) throws IOException {
    ObjectNode ids = Files.exists(folder.resolve(IDS)) ? ids() : JSON.createObjectNode();
    int next = 1;
    Schema latest = null;
    for (Map.Entry<String, JsonNode> entry : ids.properties()) {
      int id = Integer.parseInt(entry.getKey());
      next = Math.max(next, id + 1);
      if (entry.getValue().path("subject").asText().equals(subject)) {
        latest = read(id, entry.getValue(), ids);
        if (latest.equals(schema)) {
          return id;
        }
      }
    }
    refuseIncompatible(subject, schema, latest);
    String name = next + ".avsc";
    Files.writeString(folder.resolve(name), JSON.readTree(schema.toString()).toPrettyString());
    ids.putObject(Integer.toString(next)).put("subject", subject).put("file", name);
    Path draft = folder.resolve("ids.json.draft");
    Files.writeString(draft, ids.toPrettyString());
    Files.move(draft, folder.resolve(IDS), StandardCopyOption.ATOMIC_MOVE);
    return next;
  }

  private static void refuseIncompatible(String subject, Schema schema, Schema latest) {
    if (latest == null) {
      return;
    }
    var compatibility = SchemaCompatibility.checkReaderWriterCompatibility(schema, latest);
    if (compatibility.getType() != SchemaCompatibilityType.COMPATIBLE) {
      throw new IllegalArgumentException(
          "Cannot register schema '%s' under subject '%s': it is not compatible with the one that is there. Give new fields a default, or take a new subject. %s"
              .formatted(
                  schema.getFullName(), subject, compatibility.getResult().getIncompatibilities()));
    }
  }

  @Override
  public Optional<Schema> byId(int id) {
    Schema schema = known.get(id);
    if (schema != null) {
      return Optional.of(schema);
    }
    try {
      ObjectNode ids = ids();
      JsonNode entry = ids.path(Integer.toString(id));
      if (entry.path("file").asText("").isEmpty()) {
        return Optional.empty();
      }
      Schema read = read(id, entry, ids);
      known.put(id, read);
      return Optional.of(read);
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private ObjectNode ids() throws IOException {
    Path file = folder.resolve(IDS);
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (JSON.readTree(file.toFile()) instanceof ObjectNode ids) {
      return ids;
    }
    throw new IOException(file + " is not a JSON object");
  }

  private Schema read(int id, JsonNode entry, ObjectNode ids) {
    return registered(id, entry)
        .orElseThrow(
            () ->
                UnreadableSchemaException.forNow(
                    "schema %d is in the file %s, which is not there"
                        .formatted(id, entry.path("file").asText())))
        .parsed(id, reference -> find(id, reference, ids));
  }

  private Optional<RegisteredSchema> find(
      int id, RegisteredSchema.Reference reference, ObjectNode ids) {
    List<JsonNode> versions =
        ids.properties().stream()
            .filter(entry -> entry.getKey().matches("\\d{1,9}"))
            .filter(entry -> entry.getValue().path("subject").asText().equals(reference.subject()))
            .sorted(Comparator.comparing(entry -> Integer.valueOf(entry.getKey())))
            .map(Map.Entry::getValue)
            .toList();
    return reference.version().matches("[1-9]\\d{0,8}")
            && Integer.parseInt(reference.version()) <= versions.size()
        ? registered(id, versions.get(Integer.parseInt(reference.version()) - 1))
        : Optional.empty();
  }

  /** What the file of an entry holds, empty if it is not there. */
  private Optional<RegisteredSchema> registered(int id, JsonNode entry) {
    Path file = folder.resolve(entry.path("file").asText());
    try {
      if (!Files.isRegularFile(file)) {
        return Optional.empty();
      }
      if (Files.size(file) > LONGEST) {
        throw UnreadableSchemaException.forGood(
            "schema %d is too long to be read: %s has more than %d bytes"
                .formatted(id, file, LONGEST),
            null);
      }
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
      return Optional.of(RegisteredSchema.of(text, entry));
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private RegistryUnavailableException unavailable(IOException cause) {
    return new RegistryUnavailableException(
        "Cannot use the schema folder %s: %s. Check that it is there and readable, and that the environment file names it."
            .formatted(folder, cause),
        cause);
  }
}
