package io.tidemark.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;

/** What a writer's record holds that the reader's has no field for, nested records included. */
final class UnknownFields {
  private static final ObjectMapper JSON = new ObjectMapper();

  private UnknownFields() {}

  static boolean exist(Schema writer, Schema reader, Set<String> seen) {
    if (reader == null) {
      return true;
    }
    Schema written = NullableType.valueOf(writer);
    Schema read = NullableType.valueOf(reader);
    if (written.getType() != Schema.Type.RECORD
        || read.getType() != Schema.Type.RECORD
        || !seen.add(written.getFullName())) {
      return false;
    }
    return written.getFields().stream()
        .anyMatch(
            f -> {
              Schema.Field known = known(f, read);
              return known == null || exist(f.schema(), known.schema(), seen);
            });
  }

  static ObjectNode json(IndexedRecord record, Schema reader) {
    Schema read = NullableType.valueOf(reader);
    ObjectNode unknown = JSON.createObjectNode();
    for (Schema.Field field : record.getSchema().getFields()) {
      Object value = record.get(field.pos());
      Schema.Field known = known(field, read);
      if (known == null) {
        unknown.set(field.name(), node(value));
      } else if (value instanceof IndexedRecord nested
          && NullableType.valueOf(known.schema()).getType() == Schema.Type.RECORD) {
        ObjectNode inner = json(nested, known.schema());
        if (!inner.isEmpty()) {
          unknown.set(field.name(), inner);
        }
      }
    }
    return unknown;
  }

  private static Schema.Field known(Schema.Field written, Schema reader) {
    return reader.getFields().stream()
        .filter(f -> f.name().equals(written.name()) || f.aliases().contains(written.name()))
        .findFirst()
        .orElse(null);
  }

  private static JsonNode node(Object value) {
    if (value instanceof IndexedRecord record) {
      ObjectNode node = JSON.createObjectNode();
      record.getSchema().getFields().forEach(f -> node.set(f.name(), node(record.get(f.pos()))));
      return node;
    }
    if (value instanceof Collection<?> items) {
      ArrayNode node = JSON.createArrayNode();
      items.forEach(item -> node.add(node(item)));
      return node;
    }
    if (value instanceof Map<?, ?> entries) {
      ObjectNode node = JSON.createObjectNode();
      entries.forEach((key, item) -> node.set(key.toString(), node(item)));
      return node;
    }
    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return JSON.getNodeFactory().textNode(Base64.getEncoder().encodeToString(copy));
    }
    if (value instanceof GenericFixed fixed) {
      return JSON.getNodeFactory().textNode(Base64.getEncoder().encodeToString(fixed.bytes()));
    }
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value instanceof BigDecimal exact
          ? JSON.getNodeFactory().numberNode(exact)
          : JSON.valueToTree(value);
    }
    return JSON.getNodeFactory().textNode(value.toString());
  }
}
