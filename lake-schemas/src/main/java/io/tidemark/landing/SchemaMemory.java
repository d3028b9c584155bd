package io.tidemark.landing;

import io.tidemark.schema.LandedSchemas;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.CheckpointFiles;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * Remembers by which schema a query has landed the records of each id: a file per id beside its
 * checkpoint, whose first line tells the schema from others, with the schema below it.
 */
public final class SchemaMemory {
  private static final String FOLDER = "landed-schemas";

  private final CheckpointFiles files;
  private Map<Integer, String> known;

  private SchemaMemory(CheckpointFiles files) {
    this.files = files;
  }

  public static SchemaMemory in(CheckpointFiles checkpoint) {
    return new SchemaMemory(checkpoint);
  }

  public synchronized LandedSchemas known() {
    return new LandedSchemas(files.path(FOLDER).toString(), identities());
  }

  /**
   * Keeps the schemas that records have just been read by.
   *
   * @param registry knows them
   */
  public void remember(Set<Integer> ids, SchemaRegistry registry) {
    for (int id : ids) {
      if (!knows(id)) {
        registry.byId(id).ifPresent(schema -> keep(id, schema));
      }
    }
  }

  synchronized boolean knows(int id) {
    return identities().containsKey(id);
  }

  /** The schema by which records of an id were landed; empty if there were none. */
  public Optional<Schema> schema(int id) {
    if (!files.has(file(id))) {
      return Optional.empty();
    }
    String text = files.text(file(id));
    try {
      return Optional.of(new Schema.Parser().parse(text.substring(text.indexOf('\n') + 1)));
    } catch (AvroRuntimeException cutOffByACrash) {
      return Optional.empty();
    }
  }

  synchronized void keep(int id, Schema schema) {
    String identity = LandedSchemas.identity(schema);
    files.write(file(id), identity + "\n" + schema + "\n");
    identities().put(id, identity);
  }

  private Map<Integer, String> identities() {
    if (known == null) {
      known = new HashMap<>();
      read();
    }
    return known;
  }

  /** Only whole first lines: a crash may have cut a file off while it was written. */
  private void read() {
    files
        .numbers(FOLDER)
        .filter(id -> id <= Integer.MAX_VALUE)
        .forEach(
            id -> {
              String text = files.text(file(id));
              if (text.contains("\n")) {
                known.put((int) id, text.substring(0, text.indexOf('\n')));
              }
            });
  }

  private static String file(long id) {
    return FOLDER + "/" + id;
  }
}
