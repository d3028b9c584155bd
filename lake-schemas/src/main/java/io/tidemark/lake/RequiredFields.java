package io.tidemark.lake;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** Which fields of a reader schema need a value from every writer. */
record RequiredFields(Schema reader) {
  /**
   * Those without a default and without another name that a writer may know them by.
   *
   * @param paths dotted, with {@code element} and {@code value} for what an array and a map hold
   */
  List<String> among(List<String> paths) {
    return paths.stream().filter(this::isRequired).toList();
  }

  private boolean isRequired(String path) {
    Schema schema = reader;
    Optional<Schema.Field> field = Optional.empty();
    for (String name : path.split("\\.")) {
      Schema inside = withoutNull(schema);
      switch (inside.getType()) {
        case RECORD -> {
          field = Optional.ofNullable(inside.getField(name));
          if (field.isEmpty()) {
            return false;
          }
          schema = field.get().schema();
        }
        case ARRAY -> schema = inside.getElementType();
        case MAP -> schema = inside.getValueType();
        default -> {
          return false;
        }
      }
    }
    return field.filter(last -> !last.hasDefaultValue() && last.aliases().isEmpty()).isPresent();
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
