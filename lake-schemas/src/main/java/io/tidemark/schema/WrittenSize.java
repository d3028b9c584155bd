package io.tidemark.schema;

import java.util.HashSet;
import java.util.Set;
import org.apache.avro.Schema;

/** How many bytes a written value takes, at least: what a count of elements can be held against. */
final class WrittenSize {
  private WrittenSize() {}

  static int atLeast(Schema written) {
    return switch (written.getType()) {
      case NULL -> 0;
      case FLOAT -> Float.BYTES;
      case DOUBLE -> Double.BYTES;
      case FIXED -> written.getFixedSize();
      case RECORD -> takesBytes(written, new HashSet<>()) ? 1 : 0;
      default -> 1;
    };
  }

  private static boolean takesBytes(Schema record, Set<String> seen) {
    for (Schema.Field field : record.getFields()) {
      Schema type = field.schema();
      boolean isRecord = type.getType() == Schema.Type.RECORD;
      if (!isRecord && atLeast(type) > 0) {
        return true;
      }
      // Each once: a schema may name a record so often that there is no end to its values.
      if (isRecord && seen.add(type.getFullName()) && takesBytes(type, seen)) {
        return true;
      }
    }
    return false;
  }
}
