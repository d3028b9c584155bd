package io.tidemark.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Values of a writer's type, round ones and odd ones, as Avro's generic writer takes them. */
record RandomValue(Choices choices) {
  byte[] encoded(Schema schema) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(schema, ExactReading.RAW).write(of(schema), encoder);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  Object of(Schema schema) {
    return switch (schema.getType()) {
      case NULL -> null;
      case BOOLEAN -> choices.oneIn(2);
      case INT -> (int) whole(schema, Integer.MAX_VALUE);
      case LONG -> whole(schema, Long.MAX_VALUE);
      case FLOAT -> choices.of(1f, 0f, -0f, 0.5f, 16_777_216f, 1e20f, 0.1f, Float.NaN, 1 / 0f);
      case DOUBLE ->
          choices.of(
              1d, 0d, -0d, 0.25, 0.1, 1e15, 9.007199254740993E15, 1e300, Double.NaN, -1 / 0d);
      case STRING ->
          choices.of(
              "a",
              "",
              "Österreich 🇦🇹",
              "RED",
              "b8f6fcb5-3f3a-4ea4-8a43-3cf0a3a8d2c1",
              "B8F6FCB5-3F3A-4EA4-8A43-3CF0A3A8D2C1",
              "1-1-1-1-1");
      case BYTES -> bytes(schema);
      case FIXED -> fixed(schema);
      case ENUM ->
          new GenericData.EnumSymbol(
              schema, schema.getEnumSymbols().get(choices.below(schema.getEnumSymbols().size())));
      case ARRAY -> {
        List<Object> items = new ArrayList<>();
        for (int i = choices.below(4); i > 0; i--) {
          items.add(of(schema.getElementType()));
        }
        yield new GenericData.Array<>(schema, items);
      }
      case MAP -> {
        Map<String, Object> entries = new HashMap<>();
        for (int i = choices.below(3); i > 0; i--) {
          entries.put("k" + i, of(schema.getValueType()));
        }
        yield entries;
      }
      case RECORD -> {
        GenericData.Record record = new GenericData.Record(schema);
        schema.getFields().forEach(field -> record.put(field.pos(), of(field.schema())));
        yield record;
      }
      case UNION -> of(schema.getTypes().get(choices.below(schema.getTypes().size())));
    };
  }

  private long whole(Schema schema, long most) {
    if (schema.getLogicalType() != null && schema.getLogicalType().getName().startsWith("time-")) {
      boolean isMillis = schema.getType() == Schema.Type.INT;
      return choices.of(0, 1_000, 27_123, 86_399_999) * (isMillis ? 1L : 1_000L)
          + (isMillis ? 0 : choices.of(0, 5));
    }
    long some =
        choices.of(
            1L, 0L, -1L, 12L, -9_000L, 16_777_217L, 1_714_550_400_000L, 9_007_199_254_740_993L);
    long scaled = some * choices.of(1L, 1L, 1_000L, 1_000_000L);
    return choices.oneIn(12)
        ? (choices.oneIn(2) ? most : -most - 1)
        : most == Long.MAX_VALUE ? scaled : (int) scaled;
  }

  private Object bytes(Schema schema) {
    if (schema.getLogicalType() instanceof LogicalTypes.BigDecimal type) {
      return new Conversions.BigDecimalConversion().toBytes(number(30), schema, type);
    }
    return ByteBuffer.wrap(
        schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
            ? unscaled(decimal).toByteArray()
            : choices.of(
                new byte[] {65, 66, 67},
                new byte[0],
                new byte[] {-1, 0},
                new byte[12],
                new byte[16],
                "ß".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  private Object fixed(Schema schema) {
    byte[] bytes = new byte[schema.getFixedSize()];
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      byte[] number = unscaled(decimal).toByteArray();
      java.util.Arrays.fill(bytes, number[0] < 0 ? (byte) -1 : 0);
      System.arraycopy(number, 0, bytes, bytes.length - number.length, number.length);
    } else {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (choices.below(2) * (i * 37 - 100));
      }
    }
    return new GenericData.Fixed(schema, bytes);
  }

  private BigInteger unscaled(LogicalTypes.Decimal type) {
    return number(type.getPrecision()).unscaledValue();
  }

  private BigDecimal number(int digits) {
    BigInteger some =
        choices.of(
            BigInteger.ONE,
            BigInteger.ZERO,
            BigInteger.valueOf(-15_000),
            BigInteger.valueOf(123_456_789),
            BigInteger.TEN.pow(digits).subtract(BigInteger.ONE),
            BigInteger.TEN.pow(digits - 1).negate(),
            BigInteger.TEN.pow(19));
    return new BigDecimal(some, choices.of(2, 0, 4, -3, 12));
  }
}
