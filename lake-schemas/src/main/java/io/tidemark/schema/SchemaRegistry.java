package io.tidemark.schema;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.avro.Schema;

/** Where the schemas of records are kept, by the id that stands in each record's header. */
public sealed interface SchemaRegistry permits ConfluentRegistry, FolderRegistry {

  /**
   * The id of a schema under a subject; registers it if it is new.
   *
   * @throws IllegalArgumentException if a reader of this schema could not read what the subject's
   *     latest one wrote
   * @throws RegistryUnavailableException if the registry gave no answer
   */
  int register(String subject, Schema schema);

  /**
   * The schema of this id, or empty if the registry knows none.
   *
   * @throws UnreadableSchemaException if what it has under this id is not a whole Avro schema
   * @throws RegistryUnavailableException if the registry gave no answer
   * @throws RegistryRefusedException if it refuses to answer
   */
  Optional<Schema> byId(int id);

  /**
   * Why it does not answer now, in words; empty if it does. Asks for seconds only, where the others
   * are patient.
   */
  Optional<String> unreachable();

  /**
   * The registry at this place: an http(s) URL that speaks Confluent's API, or a file URL of a
   * folder. What the URL holds of a user is a token, unless a colon and a password follow. One
   * instance serves all tasks of a process, so that a schema is fetched once.
   */
  static SchemaRegistry at(URI place) {
    return OpenRegistries.BY_PLACE.computeIfAbsent(place, SchemaRegistry::open);
  }

  /** The place as it may be shown: without what its URL may hold to log in. */
  static String shown(URI place) {
    String user = place.getRawUserInfo();
    return user == null ? place.toString() : place.toString().replace(user + "@", "");
  }

  private static SchemaRegistry open(URI place) {
    return switch (place.getScheme() == null ? "" : place.getScheme()) {
      case "http", "https" -> new ConfluentRegistry(place);
      case "file" -> new FolderRegistry(Path.of(place));
      default ->
          throw new IllegalArgumentException(
              "Cannot open a schema registry at '%s': give an http(s) URL of one that speaks Confluent's API, or a file URL of a folder"
                  .formatted(shown(place)));
    };
  }
}
