package io.tidemark.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.UUID;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * A value as its writer's schema has it, as JSON. What JSON cannot hold is a text: bytes in Base64,
 * times as in ISO 8601, NaN. It takes every value that is whole.
 */
final class WrittenValue {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Longer ones take their time to become digits, and readers of JSON take no more than 1,000. */
  private static final int LONG_NUMBER = 400;

  private WrittenValue() {}

  static JsonNode json(Schema schema, AvroBytes in) throws UnreadableException {
    return switch (schema.getType()) {
      case NULL -> JSON.nullNode();
      case BOOLEAN -> JSON.booleanNode(in.readBoolean());
      case INT -> whole(schema, in.readInt());
      case LONG -> whole(schema, in.readLong());
      case FLOAT -> {
        float value = in.readFloat();
        yield Float.isFinite(value) ? JSON.numberNode(value) : JSON.textNode(Float.toString(value));
      }
      case DOUBLE -> {
        double value = in.readDouble();
        yield Double.isFinite(value)
            ? JSON.numberNode(value)
            : JSON.textNode(Double.toString(value));
      }
      case STRING -> text(in.readBytes());
      case BYTES -> bytes(schema, in.readBytes());
      case FIXED -> bytes(schema, in.readFixed(schema.getFixedSize()));
      case ENUM ->
          JSON.textNode(schema.getEnumSymbols().get(in.readIndex(schema.getEnumSymbols().size())));
      case UNION -> json(schema.getTypes().get(in.readIndex(schema.getTypes().size())), in);
      case ARRAY -> array(schema, in);
      case MAP -> map(schema, in);
      case RECORD -> record(schema, in);
    };
  }

  /** Passes over a value without keeping it. */
  static void skip(Schema schema, AvroBytes in) throws UnreadableException {
    switch (schema.getType()) {
      case NULL -> {}
      case BOOLEAN -> in.readBoolean();
      case INT -> in.readInt();
      case LONG -> in.readLong();
      case FLOAT -> in.skip(Float.BYTES);
      case DOUBLE -> in.skip(Double.BYTES);
      case STRING, BYTES -> in.skip(in.readLength());
      case FIXED -> in.skip(schema.getFixedSize());
      case ENUM -> in.readIndex(schema.getEnumSymbols().size());
      case UNION -> skip(schema.getTypes().get(in.readIndex(schema.getTypes().size())), in);
      case ARRAY, MAP -> skipElements(schema, in);
      case RECORD -> {
        in.enter();
        for (Schema.Field field : schema.getFields()) {
          skip(field.schema(), in);
        }
        in.leave();
      }
    }
  }

  private static void skipElements(Schema schema, AvroBytes in) throws UnreadableException {
    boolean isMap = schema.getType() == Schema.Type.MAP;
    Schema element = isMap ? schema.getValueType() : schema.getElementType();
    int size = WrittenSize.atLeast(element) + (isMap ? 1 : 0);
    in.enter();
    for (int n = in.readItems(size); n > 0; n = in.readItems(size)) {
      for (int i = 0; i < n; i++) {
        if (isMap) {
          in.skip(in.readLength());
        }
        skip(element, in);
      }
    }
    in.leave();
  }

  private static JsonNode array(Schema schema, AvroBytes in) throws UnreadableException {
    Schema element = schema.getElementType();
    int size = WrittenSize.atLeast(element);
    ArrayNode array = JSON.arrayNode();
    in.enter();
    for (int n = in.readItems(size); n > 0; n = in.readItems(size)) {
      for (int i = 0; i < n; i++) {
        array.add(json(element, in));
      }
    }
    in.leave();
    return array;
  }

  private static JsonNode map(Schema schema, AvroBytes in) throws UnreadableException {
    Schema value = schema.getValueType();
    int size = WrittenSize.atLeast(value) + 1;
    ObjectNode map = JSON.objectNode();
    in.enter();
    for (int n = in.readItems(size); n > 0; n = in.readItems(size)) {
      for (int i = 0; i < n; i++) {
        String key = text(in.readBytes()).textValue();
        map.set(key, json(value, in));
      }
    }
    in.leave();
    return map;
  }

  private static JsonNode record(Schema schema, AvroBytes in) throws UnreadableException {
    ObjectNode record = JSON.objectNode();
    in.enter();
    for (Schema.Field field : schema.getFields()) {
      record.set(field.name(), json(field.schema(), in));
    }
    in.leave();
    return record;
  }

  /** A text, or the bytes of one that is not UTF-8. */
  static JsonNode text(byte[] bytes) {
    return AvroBytes.isUtf8(bytes)
        ? JSON.textNode(new String(bytes, StandardCharsets.UTF_8))
        : base64(bytes);
  }

  private static JsonNode base64(byte[] bytes) {
    return JSON.textNode(Base64.getEncoder().encodeToString(bytes));
  }

  private static JsonNode whole(Schema schema, long value) {
    try {
      return switch (Meaning.of(schema)) {
        case INSTANT -> JSON.textNode(TickLength.of(schema).addTo(Instant.EPOCH, value).toString());
        case WALL_CLOCK ->
            JSON.textNode(
                LocalDateTime.ofInstant(
                        TickLength.of(schema).addTo(Instant.EPOCH, value), ZoneOffset.UTC)
                    .toString());
        case DATE -> JSON.textNode(LocalDate.ofEpochDay(value).toString());
        case TIME_OF_DAY ->
            JSON.textNode(
                LocalTime.ofNanoOfDay(Math.multiplyExact(value, TickLength.of(schema).nanos()))
                    .toString());
        default -> JSON.numberNode(value);
      };
    } catch (DateTimeException | ArithmeticException notOnTheClock) {
      return JSON.numberNode(value);
    }
  }

  private static JsonNode bytes(Schema schema, byte[] bytes) {
    return switch (Meaning.of(schema)) {
      case NUMBER -> number(schema, bytes);
      case UUID_BYTES -> JSON.textNode(uuid(bytes));
      case DURATION -> {
        ByteBuffer parts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        yield JSON.objectNode()
            .put("months", Integer.toUnsignedLong(parts.getInt()))
            .put("days", Integer.toUnsignedLong(parts.getInt()))
            .put("millis", Integer.toUnsignedLong(parts.getInt()));
      }
      default -> base64(bytes);
    };
  }

  private static JsonNode number(Schema schema, byte[] bytes) {
    try {
      BigDecimal number = decimal(schema, bytes);
      return bytes.length <= LONG_NUMBER
          ? JSON.numberNode(number)
          : JSON.objectNode()
              .put("unscaled", number.unscaledValue().toByteArray())
              .put("scale", number.scale());
    } catch (UnreadableException notANumber) {
      return base64(bytes);
    }
  }

  /** The number that these bytes of a decimal or a big-decimal are. */
  static BigDecimal decimal(Schema schema, byte[] bytes) throws UnreadableException {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      if (bytes.length == 0) {
        throw UnreadableException.malformed("a decimal without bytes is not a number");
      }
      return new BigDecimal(new BigInteger(bytes), decimal.getScale());
    }
    AvroBytes in = new AvroBytes(bytes, 0);
    byte[] unscaled = in.readBytes();
    int scale = in.readInt();
    if (unscaled.length == 0 || !in.isAtEnd()) {
      throw UnreadableException.malformed("these bytes are not a big-decimal");
    }
    return new BigDecimal(new BigInteger(unscaled), scale);
  }

  static String uuid(byte[] bytes) {
    ByteBuffer halves = ByteBuffer.wrap(bytes);
    return new UUID(halves.getLong(), halves.getLong()).toString();
  }
}
