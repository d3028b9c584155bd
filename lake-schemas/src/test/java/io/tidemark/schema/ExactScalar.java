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
import java.util.List;
import java.util.UUID;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;

/** What a column must hold of a value without parts, as {@link ExactReading} has the others. */
final class ExactScalar {
  /** Stands for a value that the reader's type does not have. */
  static final Object NONE = new Object();

  private static final BigInteger BILLION = BigInteger.valueOf(1_000_000_000);

  private ExactScalar() {}

  private static String logical(Schema schema) {
    String name = schema.getProp("logicalType");
    return name == null ? "" : name;
  }

  static Object of(Object value, Schema written, Schema reader) {
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
