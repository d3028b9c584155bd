package io.tidemark.schema;

import java.io.Serializable;
import java.net.URI;
import java.util.Map;
import org.apache.avro.Schema;

/**
 * By which schema the records of each id have been landed: an id names one schema for ever. Sent to
 * executors.
 *
 * @param place where that is kept, for messages
 * @param identities of the schemas, by id
 */
public record LandedSchemas(String place, Map<Integer, String> identities) implements Serializable {
  /** Of whoever has landed nothing. */
  public static final LandedSchemas NONE = new LandedSchemas("", Map.of());

  public LandedSchemas {
    identities = Map.copyOf(identities);
  }

  /** What tells a schema from others. */
  public static String identity(Schema schema) {
    return SchemaIdentity.of(schema);
  }

  /**
   * @throws SchemaChangedException if records of this id have been landed by another schema
   */
  void require(int id, Schema schema, URI registry) {
    String landed = identities.get(id);
    if (landed != null && !landed.equals(identity(schema))) {
      throw new SchemaChangedException(
          "Cannot read records of schema %d: the registry at %s has another schema under this id than the one that earlier records were landed by, %s/%d. An id names one schema for ever, or numbers would be read wrongly. Give the registry its ids back. Only if the earlier records were the ones read wrongly, delete that file."
              .formatted(id, SchemaRegistry.shown(registry), place, id));
    }
  }
}
