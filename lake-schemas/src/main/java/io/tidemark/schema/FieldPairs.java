package io.tidemark.schema;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;

/**
 * Which field of a writer's record is which of the reader's: that of its name, or else of the first
 * of its aliases that no other field of the reader is called.
 *
 * @param reader by the writer's field: the position of the reader's, or -1
 * @param missing fields of the reader that the writer does not have
 */
record FieldPairs(int[] reader, List<Schema.Field> missing) {

  static FieldPairs of(Schema written, Schema reader) {
    int[] pairs = new int[written.getFields().size()];
    Arrays.fill(pairs, -1);
    Set<Schema.Field> found = new HashSet<>();
    for (Schema.Field field : reader.getFields()) {
      pair(written.getField(field.name()), field, pairs, found);
    }
    for (Schema.Field field : reader.getFields()) {
      for (String alias : field.aliases()) {
        if (!found.contains(field) && reader.getField(alias) == null) {
          pair(written.getField(alias), field, pairs, found);
        }
      }
    }
    return new FieldPairs(
        pairs, reader.getFields().stream().filter(field -> !found.contains(field)).toList());
  }

  private static void pair(
      Schema.Field written, Schema.Field reader, int[] pairs, Set<Schema.Field> found) {
    if (written != null && pairs[written.pos()] < 0) {
      pairs[written.pos()] = reader.pos();
      found.add(reader);
    }
  }
}
