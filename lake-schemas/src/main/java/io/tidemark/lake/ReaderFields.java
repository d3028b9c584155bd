package io.tidemark.lake;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** The fields of a reader schema, by the columns that they are kept in. */
record ReaderFields(Schema reader) {
  /**
   * The field of a column.
   *
   * @param path dotted, with {@code element} and {@code value} for what an array and a map hold;
   *     those have no field of their own
   */
  Optional<Schema.Field> at(String path) {
    Schema schema = reader;
    Optional<Schema.Field> field = Optional.empty();
    for (String name : path.split("\\.")) {
      Schema inside = withoutNull(schema);
      switch (inside.getType()) {
        case RECORD -> {
          field = Optional.ofNullable(inside.getField(name));
          if (field.isEmpty()) {
            return field;
          }
          schema = field.get().schema();
        }
        case ARRAY -> schema = inside.getElementType();
        case MAP -> schema = inside.getValueType();
        default -> {
          return Optional.empty();
        }
      }
    }
    return field;
  }

  /** A union of several types becomes a struct of its members, which no path of ours leads into. */
  private static Schema withoutNull(Schema schema) {
    if (schema.getType() != Schema.Type.UNION) {
      return schema;
    }
    List<Schema> members =
        schema.getTypes().stream().filter(type -> type.getType() != Schema.Type.NULL).toList();
    return members.size() == 1 ? members.get(0) : schema;
  }
}
