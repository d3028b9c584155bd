package io.tidemark.schema;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;

/**
 * What must be rescued of a value that Avro's own reader has read by its writer's schema: as maps,
 * lists, texts, booleans and decimals. Written for tests, without a line of the decoder's.
 */
final class UnknownToReader {
  private UnknownToReader() {}

  /** Null if there is nothing. */
  static Object of(Object raw, Object value, Schema written, Schema reader) {
    if (written.isUnion()) {
      Schema member = written.getTypes().get(ExactReading.RAW.resolveUnion(written, raw));
      return of(raw, value, member, reader);
    }
    if (reader.isUnion()) {
      List<Schema> alike =
          reader.getTypes().stream().filter(m -> m.getType() == written.getType()).toList();
      List<Schema> named =
          alike.stream().filter(m -> m.getName().equals(written.getName())).toList();
      boolean isOne =
          reader.getTypes().stream().filter(m -> m.getType() != Schema.Type.NULL).count() == 1;
      List<Schema> known =
          alike.stream()
              .filter(
                  m ->
                      m.getFullName().equals(written.getFullName())
                          || isOne && alike.size() == 1
                          || m.getAliases().contains(written.getFullName())
                          || named.equals(List.of(m)))
              .toList();
      if (known.isEmpty() && written.getType() == Schema.Type.ENUM && !alike.isEmpty()) {
        known = List.of(enumOf(written, alike));
        boolean isText =
            reader.getTypes().stream().anyMatch(m -> m.getType() == Schema.Type.STRING);
        boolean hasAll = known.get(0).getEnumSymbols().containsAll(written.getEnumSymbols());
        return isText && !hasAll ? null : of(raw, value, written, known.get(0));
      }
      return known.isEmpty() ? null : of(raw, value, written, known.get(0));
    }
    if (reader.getType() != written.getType()) {
      return null;
    }
    return switch (written.getType()) {
      case ARRAY -> {
        List<Object> all = new ArrayList<>();
        var raws = ((Collection<?>) raw).iterator();
        for (Object item : (Collection<?>) value) {
          all.add(of(raws.next(), item, written.getElementType(), reader.getElementType()));
        }
        yield all.stream().allMatch(java.util.Objects::isNull) ? null : all;
      }
      case MAP -> {
        Map<Object, Object> all = new HashMap<>();
        ((Map<?, ?>) value)
            .forEach(
                (key, item) -> {
                  Object raws = ((Map<?, ?>) raw).get(key);
                  Object unknown = of(raws, item, written.getValueType(), reader.getValueType());
                  if (unknown != null) {
                    all.put(key.toString(), unknown);
                  }
                });
        yield all.isEmpty() ? null : all;
      }
      case RECORD -> record((GenericRecord) raw, (GenericRecord) value, reader);
      case ENUM -> reader.getEnumSymbols().contains(value.toString()) ? null : value.toString();
      default -> null;
    };
  }

  private static Schema enumOf(Schema written, List<Schema> members) {
    return members.stream()
        .filter(m -> m.getEnumSymbols().containsAll(written.getEnumSymbols()))
        .findFirst()
        .orElse(members.get(0));
  }

  private static Object record(GenericRecord raw, GenericRecord value, Schema reader) {
    Map<Object, Object> unknown = new LinkedHashMap<>();
    for (Schema.Field field : value.getSchema().getFields()) {
      Schema.Field known =
          reader.getFields().stream()
              .filter(f -> field.equals(ExactReading.written(value.getSchema(), f)))
              .findFirst()
              .orElse(null);
      if (known == null) {
        unknown.put(field.name(), json(value.get(field.pos()), field.schema()));
      } else {
        Object inner =
            of(raw.get(field.pos()), value.get(field.pos()), field.schema(), known.schema());
        if (inner != null) {
          unknown.put(field.name(), inner);
        }
      }
    }
    return unknown.isEmpty() ? null : unknown;
  }

  private static Object json(Object value, Schema schema) {
    if (value instanceof GenericRecord record) {
      Map<Object, Object> fields = new LinkedHashMap<>();
      record
          .getSchema()
          .getFields()
          .forEach(f -> fields.put(f.name(), json(record.get(f.pos()), f.schema())));
      return fields;
    }
    if (value instanceof Collection<?> items) {
      List<Object> all = new ArrayList<>();
      items.forEach(item -> all.add(json(item, element(schema, Schema.Type.ARRAY))));
      return all;
    }
    if (value instanceof Map<?, ?> entries) {
      Map<Object, Object> all = new HashMap<>();
      entries.forEach(
          (key, item) -> all.put(key.toString(), json(item, element(schema, Schema.Type.MAP))));
      return all;
    }
    if (value instanceof Float || value instanceof Double) {
      double number = ((Number) value).doubleValue();
      return Double.isFinite(number) ? new BigDecimal(value.toString()) : value.toString();
    }
    if (value instanceof Integer || value instanceof Long) {
      return BigDecimal.valueOf(((Number) value).longValue());
    }
    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return Base64.getEncoder().encodeToString(copy);
    }
    if (value instanceof GenericFixed fixed) {
      return fixed(fixed);
    }
    return value == null || value instanceof Boolean || value instanceof BigDecimal
        ? value
        : value.toString();
  }

  private static Object fixed(GenericFixed fixed) {
    ByteBuffer bytes = ByteBuffer.wrap(fixed.bytes());
    String logical = String.valueOf(fixed.getSchema().getProp("logicalType"));
    return switch (logical) {
      case "uuid" -> new UUID(bytes.getLong(), bytes.getLong()).toString();
      case "duration" -> {
        bytes.order(ByteOrder.LITTLE_ENDIAN);
        Map<Object, Object> parts = new LinkedHashMap<>();
        for (String part : List.of("months", "days", "millis")) {
          parts.put(part, new BigDecimal(Integer.toUnsignedString(bytes.getInt())));
        }
        yield parts;
      }
      default -> Base64.getEncoder().encodeToString(fixed.bytes());
    };
  }

  private static Schema element(Schema schema, Schema.Type type) {
    Schema found =
        schema.isUnion()
            ? schema.getTypes().stream().filter(m -> m.getType() == type).findFirst().orElseThrow()
            : schema;
    return type == Schema.Type.ARRAY ? found.getElementType() : found.getValueType();
  }
}
