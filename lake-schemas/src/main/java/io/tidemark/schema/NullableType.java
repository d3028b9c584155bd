package io.tidemark.schema;

import java.util.List;
import org.apache.avro.Schema;

/** A type that may be null, as Avro writes it: a union of null and another. */
public final class NullableType {
  private NullableType() {}

  /** The type beside null in a union of two, or the schema itself. */
  public static Schema valueOf(Schema schema) {
    if (!schema.isUnion()) {
      return schema;
    }
    List<Schema> values =
        schema.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).toList();
    return values.size() == 1 ? values.get(0) : schema;
  }
}
