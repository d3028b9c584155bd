package io.tidemark.schema;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/**
 * A folder of schemas, one file each; {@code ids.json} beside them says which id is which file, and
 * under which subject.
 */
final class FolderRegistry implements SchemaRegistry {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String IDS = "ids.json";

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

  private int registerLocked(String subject, Schema schema) throws IOException {
    ObjectNode ids = ids();
    int next = 1;
    Schema latest = null;
    for (Map.Entry<String, com.fasterxml.jackson.databind.JsonNode> entry : ids.properties()) {
      int id = Integer.parseInt(entry.getKey());
      next = Math.max(next, id + 1);
      if (entry.getValue().path("subject").asText().equals(subject)) {
        latest = load(entry.getValue().path("file").asText());
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
      if (!Files.exists(folder.resolve(IDS))) {
        throw new NoSuchFileException(folder.resolve(IDS).toString());
      }
      String file = ids().path(Integer.toString(id)).path("file").asText("");
      if (file.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(known.computeIfAbsent(id, absent -> load(file)));
    } catch (IOException e) {
      throw unavailable(e);
    }
  }

  private ObjectNode ids() throws IOException {
    Path file = folder.resolve(IDS);
    return Files.exists(file) ? (ObjectNode) JSON.readTree(file.toFile()) : JSON.createObjectNode();
  }

  private Schema load(String file) {
    try {
      return new Schema.Parser().parse(folder.resolve(file).toFile());
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
