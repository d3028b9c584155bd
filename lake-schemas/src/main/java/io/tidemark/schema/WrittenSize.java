package io.tidemark.schema;

import java.util.HashSet;
import java.util.Set;
import org.apache.avro.Schema;

/** How many bytes a written value takes, at least: what a count of elements can be held against. */
final class WrittenSize {
  private WrittenSize() {}

  static int atLeast(Schema written) {
    return (int) Math.min(Integer.MAX_VALUE, atLeast(written, new HashSet<>()));
  }

  private static long atLeast(Schema written, Set<String> within) {
    return switch (written.getType()) {
      case NULL -> 0;
      case FLOAT -> Float.BYTES;
      case DOUBLE -> Double.BYTES;
      case FIXED -> written.getFixedSize();
      case RECORD -> {
        // A record within itself stands in a union or an array, or has no end.
        if (!within.add(written.getFullName())) {
          yield 0;
        }
        long size = 0;
        for (Schema.Field field : written.getFields()) {
          size += atLeast(field.schema(), within);
        }
        within.remove(written.getFullName());
        yield size;
      }
      default -> 1;
    };
  }
}
