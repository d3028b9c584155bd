package io.tidemark.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * What a column must hold of a value that Avro's own reader has read by its writer's schema:
 * written for tests, without a line of the decoder's. Plain Java: numbers, texts, lists (bytes too)
 * and maps.
 */
final class ExactReading {
  private static final Object NONE = ExactScalar.NONE;

  /** Fields whose value must be refused, and those whose value may be. */
  final Set<String> refused = new HashSet<>();

  final Set<String> refusable = new HashSet<>();

  /** Any of these will do: which member of a union takes the value is not said. */
  record AnyOf(List<Object> images) {
    boolean allows(Object actual) {
      return images.stream().anyMatch(image -> ExactReading.allows(image, actual));
    }
  }

  /** Avro's data without conversions. */
  static final GenericData RAW = slow();

  /** Avro's data with every conversion but that of texts that should be UUIDs. */
  static final GenericData CONVERTING = converting();

  /** Its fast readers are made for many values, and these schemas have a few. */
  private static GenericData slow() {
    GenericData data = new GenericData();
    data.setFastReaderEnabled(false);
    return data;
  }

  private static GenericData converting() {
    GenericData data = slow();
    data.addLogicalTypeConversion(new Conversions.DecimalConversion());
    data.addLogicalTypeConversion(new Conversions.BigDecimalConversion());
    data.addLogicalTypeConversion(new TimeConversions.DateConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimeMillisConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimeMicrosConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimestampNanosConversion());
    data.addLogicalTypeConversion(new TimeConversions.LocalTimestampMillisConversion());
    data.addLogicalTypeConversion(new TimeConversions.LocalTimestampMicrosConversion());
    data.addLogicalTypeConversion(new TimeConversions.LocalTimestampNanosConversion());
    return data;
  }

  static boolean allows(Object expected, Object actual) {
    if (expected instanceof AnyOf any) {
      return any.allows(actual);
    }
    if (expected instanceof List<?> list && actual instanceof List<?> other) {
      return list.size() == other.size()
          && java.util.stream.IntStream.range(0, list.size())
              .allMatch(i -> allows(list.get(i), other.get(i)));
    }
    if (expected instanceof Map<?, ?> map && actual instanceof Map<?, ?> other) {
      return map.keySet().equals(other.keySet())
          && map.keySet().stream().allMatch(key -> allows(map.get(key), other.get(key)));
    }
    if (expected instanceof BigDecimal number && actual instanceof BigDecimal other) {
      return number.compareTo(other) == 0;
    }
    return java.util.Objects.equals(expected, actual);
  }

  /**
   * The value as a column of the reader's type.
   *
   * @param raw as Avro's generic reader has it without conversions: it tells which member of a
   *     union
   */
  Object image(Object raw, Object value, Schema written, Schema reader, String path) {
    Object image = find(raw, value, written, reader, path);
    if (image == NONE) {
      refused.add(path);
    }
    return image;
  }

  private Object find(Object raw, Object value, Schema written, Schema reader, String path) {
    if (written.isUnion()) {
      Schema member = written.getTypes().get(RAW.resolveUnion(written, raw));
      return isOther(written, member, reader) ? NONE : find(raw, value, member, reader, path);
    }
    if (reader.isUnion()) {
      return inUnion(raw, value, written, reader, path);
    }
    return switch (written.getType()) {
      case ARRAY ->
          reader.getType() != Schema.Type.ARRAY ? NONE : list(raw, value, written, reader, path);
      case MAP ->
          reader.getType() != Schema.Type.MAP ? NONE : map(raw, value, written, reader, path);
      case RECORD ->
          reader.getType() != Schema.Type.RECORD
              ? NONE
              : record((GenericRecord) raw, (GenericRecord) value, reader, path);
      default -> ExactScalar.of(value, written, reader);
    };
  }

  /** One of several records of a writer's union is not another one of its reader's. */
  private static boolean isOther(Schema union, Schema member, Schema reader) {
    List<Schema> records =
        union.getTypes().stream().filter(m -> m.getType() == Schema.Type.RECORD).toList();
    List<Schema> types =
        reader.isUnion()
            ? reader.getTypes().stream().filter(m -> m.getType() != Schema.Type.NULL).toList()
            : List.of(reader);
    return records.size() > 1
        && records.contains(member)
        && types.size() == 1
        && types.get(0).getType() == Schema.Type.RECORD
        && candidates(member, types).isEmpty();
  }

  private Object list(Object raw, Object value, Schema written, Schema reader, String path) {
    List<Object> images = new ArrayList<>();
    var raws = ((Collection<?>) raw).iterator();
    for (Object item : (Collection<?>) value) {
      images.add(
          image(raws.next(), item, written.getElementType(), reader.getElementType(), path + "[]"));
    }
    return images;
  }

  private Object map(Object raw, Object value, Schema written, Schema reader, String path) {
    Map<Object, Object> images = new HashMap<>();
    ((Map<?, ?>) value)
        .forEach(
            (key, item) ->
                images.put(
                    key.toString(),
                    image(
                        ((Map<?, ?>) raw).get(key),
                        item,
                        written.getValueType(),
                        reader.getValueType(),
                        path + "{}")));
    return images;
  }

  private Object record(GenericRecord raw, GenericRecord value, Schema reader, String path) {
    Map<Object, Object> images = new LinkedHashMap<>();
    for (Schema.Field field : reader.getFields()) {
      String fieldPath = path.isEmpty() ? field.name() : path + "." + field.name();
      Schema.Field written = written(value.getSchema(), field);
      if (written != null) {
        images.put(
            field.name(),
            image(
                raw.get(written.pos()),
                value.get(written.pos()),
                written.schema(),
                field.schema(),
                fieldPath));
      } else if (field.hasDefaultValue()) {
        Object standard = RAW.getDefaultValue(field);
        Object converted = CONVERTING.getDefaultValue(field);
        images.put(
            field.name(), image(standard, converted, field.schema(), field.schema(), fieldPath));
      } else {
        refused.add(fieldPath);
      }
    }
    return images;
  }

  static Schema.Field written(Schema record, Schema.Field reader) {
    Schema.Field field = record.getField(reader.name());
    for (String alias : reader.aliases()) {
      field = field == null ? record.getField(alias) : field;
    }
    return field;
  }

  private Object inUnion(Object raw, Object value, Schema written, Schema reader, String path) {
    List<Schema> members =
        reader.getTypes().stream().filter(m -> m.getType() != Schema.Type.NULL).toList();
    if (raw == null) {
      return members.size() < reader.getTypes().size() ? null : NONE;
    }
    if (members.size() == 1) {
      return find(raw, value, written, members.get(0), path);
    }
    List<Schema.Type> types = members.stream().map(Schema::getType).toList();
    if (types.size() == 2 && types.containsAll(List.of(Schema.Type.INT, Schema.Type.LONG))) {
      return find(raw, value, written, Schema.create(Schema.Type.LONG), path);
    }
    if (types.size() == 2 && types.containsAll(List.of(Schema.Type.FLOAT, Schema.Type.DOUBLE))) {
      return find(raw, value, written, Schema.create(Schema.Type.DOUBLE), path);
    }
    return inMember(raw, value, written, members, path);
  }

  private Object inMember(
      Object raw, Object value, Schema written, List<Schema> members, String path) {
    List<Schema> candidates = candidates(written, members);
    List<Object> images = new ArrayList<>();
    for (Schema member : candidates) {
      ExactReading attempt = new ExactReading();
      Object image = attempt.image(raw, value, written, member, path);
      refusable.addAll(attempt.refused);
      refusable.addAll(attempt.refusable);
      if (attempt.refused.isEmpty()) {
        Map<Object, Object> row = new LinkedHashMap<>();
        members.forEach(m -> row.put("member" + members.indexOf(m), m == member ? image : null));
        images.add(row);
      } else if (candidates.size() == 1) {
        refused.addAll(attempt.refused);
        return null;
      }
    }
    refusable.add(path);
    return images.isEmpty() ? NONE : images.size() == 1 ? images.get(0) : new AnyOf(images);
  }

  private static List<Schema> candidates(Schema written, List<Schema> members) {
    List<Schema> alike = members.stream().filter(m -> m.getType() == written.getType()).toList();
    boolean isNamed =
        Set.of(Schema.Type.RECORD, Schema.Type.ENUM, Schema.Type.FIXED).contains(written.getType());
    if (!isNamed) {
      return members;
    }
    String name = written.getFullName();
    List<Schema> full = alike.stream().filter(m -> m.getFullName().equals(name)).toList();
    List<Schema> aliased = alike.stream().filter(m -> m.getAliases().contains(name)).toList();
    List<Schema> last = alike.stream().filter(m -> m.getName().equals(written.getName())).toList();
    List<Schema> named = !full.isEmpty() ? full : !aliased.isEmpty() ? aliased : last;
    return !named.isEmpty() || written.getType() == Schema.Type.RECORD ? named : members;
  }
}
