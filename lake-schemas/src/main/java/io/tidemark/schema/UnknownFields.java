package io.tidemark.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;
import org.apache.avro.Schema;

/**
 * What a written value holds that the reader has no place for: an object of such fields for a
 * record or a map; for an array a list as long as itself, null where the reader knows everything;
 * for an enum the symbol that a default stands for.
 */
@FunctionalInterface
interface UnknownFields {
  JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Passes over the value; null if the reader knows everything in it. */
  JsonNode rescue(AvroBytes in) throws UnreadableException;

  static UnknownFields ofSymbols(Schema written, List<String> known) {
    List<String> symbols = written.getEnumSymbols();
    return in -> {
      String symbol = symbols.get(in.readIndex(symbols.size()));
      return known.contains(symbol) ? null : JSON.textNode(symbol);
    };
  }

  /**
   * @param fields by the writer's field; null for one that the reader does not have
   */
  static UnknownFields ofRecord(Schema written, List<Resolved> fields) {
    if (fields.stream().allMatch(field -> field != null && field.unknown() == null)) {
      return null;
    }
    List<Schema.Field> names = written.getFields();
    return in -> {
      ObjectNode unknown = JSON.objectNode();
      for (int i = 0; i < names.size(); i++) {
        Schema schema = names.get(i).schema();
        Resolved known = fields.get(i);
        JsonNode value = known == null ? WrittenValue.json(schema, in) : rescue(known, schema, in);
        if (value != null) {
          unknown.set(names.get(i).name(), value);
        }
      }
      return unknown.isEmpty() ? null : unknown;
    };
  }

  static UnknownFields ofArray(Schema written, Resolved element) {
    if (element.unknown() == null) {
      return null;
    }
    int size = WrittenSize.atLeast(written.getElementType());
    return in -> {
      ArrayNode all = JSON.arrayNode();
      boolean hasUnknown = false;
      for (int n = in.readItems(size); n > 0; n = in.readItems(size)) {
        for (int i = 0; i < n; i++) {
          JsonNode unknown = element.unknown().rescue(in);
          hasUnknown |= unknown != null;
          all.add(unknown == null ? NullNode.getInstance() : unknown);
        }
      }
      return hasUnknown ? all : null;
    };
  }

  static UnknownFields ofMap(Schema written, Resolved value) {
    if (value.unknown() == null) {
      return null;
    }
    int size = WrittenSize.atLeast(written.getValueType()) + 1;
    return in -> {
      ObjectNode entries = JSON.objectNode();
      for (int n = in.readItems(size); n > 0; n = in.readItems(size)) {
        for (int i = 0; i < n; i++) {
          String key = in.readText().toString();
          JsonNode unknown = value.unknown().rescue(in);
          if (unknown != null) {
            entries.set(key, unknown);
          }
        }
      }
      return entries.isEmpty() ? null : entries;
    };
  }

  static UnknownFields ofUnion(Schema written, List<Resolved> members) {
    if (members.stream().map(Resolved::unknown).allMatch(Objects::isNull)) {
      return null;
    }
    List<Schema> types = written.getTypes();
    return in -> {
      int member = in.readIndex(types.size());
      return rescue(members.get(member), types.get(member), in);
    };
  }

  private static JsonNode rescue(Resolved known, Schema written, AvroBytes in)
      throws UnreadableException {
    if (known.unknown() != null) {
      return known.unknown().rescue(in);
    }
    WrittenValue.skip(written, in);
    return null;
  }
}
