package io.tidemark.landing;

import io.tidemark.schema.LandedSchemas;
import io.tidemark.table.CheckpointFiles;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Remembers by which schema a query has landed the records of each id: a file per id beside its
 * checkpoint, whose first line tells the schema from others, with the schema below it.
 */
public final class SchemaMemory {
  private static final String FOLDER = "landed-schemas";

  private final Optional<CheckpointFiles> files;
  private Map<Integer, String> known;

  private SchemaMemory(Optional<CheckpointFiles> files) {
    this.files = files;
  }

  public static SchemaMemory in(CheckpointFiles checkpoint) {
    return new SchemaMemory(Optional.of(checkpoint));
  }

  /** Of a landing that ends with its process. */
  static SchemaMemory inMemory() {
    return new SchemaMemory(Optional.empty());
  }

  synchronized LandedSchemas known() {
    String place = files.map(checkpoint -> checkpoint.path(FOLDER).toString()).orElse("in memory");
    return new LandedSchemas(place, identities());
  }

  synchronized boolean knows(int id) {
    return identities().containsKey(id);
  }

  synchronized void keep(int id, Schema schema) {
    String identity = LandedSchemas.identity(schema);
    files.ifPresent(checkpoint -> checkpoint.write(file(id), identity + "\n" + schema + "\n"));
    identities().put(id, identity);
  }

  private Map<Integer, String> identities() {
    if (known == null) {
      known = new HashMap<>();
      files.ifPresent(this::read);
    }
    return known;
  }

  /** Only whole first lines: a crash may have cut a file off while it was written. */
  private void read(CheckpointFiles checkpoint) {
    checkpoint
        .numbers(FOLDER)
        .filter(id -> id <= Integer.MAX_VALUE)
        .forEach(
            id -> {
              String text = checkpoint.text(file(id));
              if (text.contains("\n")) {
                known.put((int) id, text.substring(0, text.indexOf('\n')));
              }
            });
  }

  private static String file(long id) {
    return FOLDER + "/" + id;
  }
}
