package io.tidemark.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;

/**
 * What a column must hold of a value that Avro's own reader has read by its writer's schema:
 * written for tests, without a line of the decoder's. Plain Java: numbers, texts, lists (bytes too)
 * and maps.
 */
final class ExactReading {
  /** Stands for a value that the reader's type does not have. */
  private static final Object NONE = new Object();

  private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);

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
      default -> scalar(value, written, reader);
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

  private static String logical(Schema schema) {
    String name = schema.getProp("logicalType");
    return name == null ? "" : name;
  }

  private static Object scalar(Object value, Schema written, Schema reader) {
    String asked = logical(reader);
    if (asked.equals("weight")) {
      asked = "";
    }
    boolean isUnknown = logical(written).equals("weight");
    if (isUnknown && !asked.isEmpty()) {
      return NONE;
    }
    if (value instanceof Boolean) {
      return reader.getType() == Schema.Type.BOOLEAN ? value : NONE;
    }
    if (value instanceof Instant instant && asked.startsWith("timestamp-")) {
      return ticks(instant, asked);
    }
    if (value instanceof LocalDateTime time && asked.startsWith("local-timestamp-")) {
      return ticks(time.toInstant(ZoneOffset.UTC), asked);
    }
    if (value instanceof LocalDate date && asked.equals("date")) {
      return (int) date.toEpochDay();
    }
    if (value instanceof LocalTime time && asked.startsWith("time-")) {
      long unit = asked.equals("time-millis") ? 1_000_000 : 1_000;
      long nanos = time.toNanoOfDay();
      return nanos % unit != 0
          ? NONE
          : asked.equals("time-millis") ? (Object) (int) (nanos / unit) : (Object) (nanos / unit);
    }
    if (value instanceof Number number) {
      return number(number, reader, asked);
    }
    if (value instanceof CharSequence || value instanceof GenericData.EnumSymbol) {
      return text(value.toString(), written, reader, asked);
    }
    if (value instanceof ByteBuffer bytes) {
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      return bytes(copy, written, reader, asked);
    }
    return value instanceof GenericFixed fixed
        ? bytes(fixed.bytes(), written, reader, asked)
        : NONE;
  }

  private static Object ticks(Instant instant, String asked) {
    BigInteger nanos =
        BigInteger.valueOf(instant.getEpochSecond())
            .multiply(BILLION)
            .add(BigInteger.valueOf(instant.getNano()));
    long declared = asked.endsWith("millis") ? 1_000_000 : asked.endsWith("micros") ? 1_000 : 1;
    if (nanos.mod(BigInteger.valueOf(declared)).signum() != 0) {
      return NONE;
    }
    BigInteger ticks = nanos.divide(BigInteger.valueOf(asked.endsWith("nanos") ? 1 : 1_000));
    return ticks.bitLength() < Long.SIZE ? (Object) ticks.longValue() : NONE;
  }

  private static Object number(Number number, Schema reader, String asked) {
    if (number instanceof Float || number instanceof Double) {
      double value = number.doubleValue();
      if (!Double.isFinite(value) || value == 0) {
        Object same =
            switch (reader.getType()) {
              case FLOAT -> (Object) (float) value;
              case DOUBLE -> (Object) value;
              default -> NONE;
            };
        if (same != NONE || !Double.isFinite(value)) {
          return same;
        }
      }
    }
    BigDecimal exact =
        number instanceof BigDecimal decimal
            ? decimal
            : number instanceof Float || number instanceof Double
                ? new BigDecimal(number.doubleValue())
                : BigDecimal.valueOf(number.longValue());
    try {
      return switch (reader.getType()) {
        case INT -> asked.isEmpty() ? (Object) exact.intValueExact() : NONE;
        case LONG -> asked.isEmpty() ? (Object) exact.longValueExact() : NONE;
        case FLOAT -> {
          float value = exact.floatValue();
          yield Float.isFinite(value) && new BigDecimal(value).compareTo(exact) == 0
              ? (Object) value
              : NONE;
        }
        case DOUBLE -> {
          double value = exact.doubleValue();
          yield Double.isFinite(value) && new BigDecimal(value).compareTo(exact) == 0
              ? (Object) value
              : NONE;
        }
        case BYTES, FIXED -> {
          if (asked.equals("big-decimal")) {
            yield exact.stripTrailingZeros();
          }
          if (!(reader.getLogicalType() instanceof LogicalTypes.Decimal decimal)) {
            yield NONE;
          }
          BigDecimal scaled = exact.setScale(decimal.getScale());
          yield scaled.precision() <= decimal.getPrecision() ? scaled : NONE;
        }
        default -> NONE;
      };
    } catch (ArithmeticException notExact) {
      return NONE;
    }
  }

  private static Object text(String text, Schema written, Schema reader, String asked) {
    return switch (reader.getType()) {
      case STRING -> text;
      case ENUM ->
          reader.getEnumSymbols().contains(text)
              ? text
              : written.getType() == Schema.Type.ENUM && reader.getEnumDefault() != null
                  ? reader.getEnumDefault()
                  : NONE;
      case BYTES ->
          asked.isEmpty()
                  && written.getType() == Schema.Type.STRING
                  && !logical(written).equals("uuid")
              ? list(text.getBytes(StandardCharsets.UTF_8))
              : NONE;
      case FIXED -> {
        boolean isUuid = asked.equals("uuid") && logical(written).equals("uuid");
        try {
          UUID uuid = isUuid ? UUID.fromString(text) : null;
          yield uuid == null || !uuid.toString().equalsIgnoreCase(text)
              ? NONE
              : list(
                  ByteBuffer.allocate(16)
                      .putLong(uuid.getMostSignificantBits())
                      .putLong(uuid.getLeastSignificantBits())
                      .array());
        } catch (IllegalArgumentException e) {
          yield NONE;
        }
      }
      default -> NONE;
    };
  }

  private static Object bytes(byte[] bytes, Schema written, Schema reader, String asked) {
    String said = logical(written).equals("weight") ? "" : logical(written);
    if (reader.getType() == Schema.Type.STRING) {
      if (said.equals("uuid")) {
        ByteBuffer halves = ByteBuffer.wrap(bytes);
        return new UUID(halves.getLong(), halves.getLong()).toString();
      }
      try {
        return written.getType() == Schema.Type.BYTES && asked.isEmpty()
            ? StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()
            : NONE;
      } catch (CharacterCodingException e) {
        return NONE;
      }
    }
    boolean isAlike = said.equals(asked) || said.isEmpty() || asked.isEmpty();
    if (!isAlike || asked.contains("decimal")) {
      return NONE;
    }
    return switch (reader.getType()) {
      case BYTES -> list(bytes);
      case FIXED -> reader.getFixedSize() == bytes.length ? list(bytes) : NONE;
      default -> NONE;
    };
  }

  static List<Object> list(byte[] bytes) {
    return new ArrayList<>(Arrays.asList(boxed(bytes)));
  }

  private static Byte[] boxed(byte[] bytes) {
    Byte[] boxed = new Byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      boxed[i] = bytes[i];
    }
    return boxed;
  }
}
