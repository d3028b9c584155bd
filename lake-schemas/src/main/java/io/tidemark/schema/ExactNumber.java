package io.tidemark.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.spark.sql.types.Decimal;

/**
 * Numbers of one type as those of another, where both are equal. A number is a Long, a Double or a
 * BigDecimal here.
 */
final class ExactNumber {
  /** Beyond this no decimal of Spark's has room, and arithmetic with it takes ever longer. */
  private static final int MAX_BITS = 8_192;

  private ExactNumber() {}

  static Number read(Schema written, AvroBytes in) throws UnreadableException {
    return switch (written.getType()) {
      case INT -> (long) in.readInt();
      case LONG -> in.readLong();
      case FLOAT -> (double) in.readFloat();
      case DOUBLE -> in.readDouble();
      case BYTES -> WrittenValue.decimal(written, in.readBytes());
      case FIXED -> WrittenValue.decimal(written, in.readFixed(written.getFixedSize()));
      default -> throw new IllegalArgumentException(written.getType() + " is not a number");
    };
  }

  /** As Spark keeps the reader's type; null if that does not hold the number. */
  static Object as(Schema reader, Number number) {
    return switch (reader.getType()) {
      case INT -> {
        Long whole = whole(number);
        yield whole == null || whole != whole.intValue() ? null : (Object) whole.intValue();
      }
      case LONG -> whole(number);
      case FLOAT -> {
        Double value = floating(number);
        yield value == null || (double) value.floatValue() != value && !value.isNaN()
            ? null
            : (Object) value.floatValue();
      }
      case DOUBLE -> floating(number);
      case BYTES, FIXED -> {
        BigDecimal exact = exact(number);
        yield exact == null
            ? null
            : reader.getLogicalType() instanceof LogicalTypes.Decimal decimal
                ? decimal(exact, decimal)
                : bigDecimal(exact);
      }
      default -> throw new IllegalArgumentException(reader.getType() + " is not a number");
    };
  }

  private static Long whole(Number number) {
    if (number instanceof Long whole) {
      return whole;
    }
    BigDecimal exact = exact(number);
    if (exact == null || exact.unscaledValue().bitLength() > MAX_BITS) {
      return null;
    }
    try {
      return exact.longValueExact();
    } catch (ArithmeticException notWhole) {
      return null;
    }
  }

  private static Double floating(Number number) {
    if (number instanceof Double value) {
      return value;
    }
    BigDecimal exact = exact(number);
    if (exact.unscaledValue().bitLength() > MAX_BITS) {
      return null;
    }
    double value = exact.doubleValue();
    boolean isEqual = Double.isFinite(value) && new BigDecimal(value).compareTo(exact) == 0;
    return isEqual ? value : null;
  }

  /** Null for what is not finite. */
  private static BigDecimal exact(Number number) {
    if (number instanceof Double value) {
      return Double.isFinite(value) ? new BigDecimal(value) : null;
    }
    return number instanceof Long whole ? BigDecimal.valueOf(whole) : (BigDecimal) number;
  }

  static Decimal decimal(BigDecimal exact, LogicalTypes.Decimal type) {
    if (exact.signum() == 0) {
      return Decimal.apply(BigDecimal.ZERO, type.getPrecision(), type.getScale());
    }
    if (exact.unscaledValue().bitLength() > MAX_BITS
        || (long) exact.precision() - exact.scale() > type.getPrecision() - type.getScale()) {
      return null;
    }
    BigDecimal least = exact.scale() > type.getScale() ? exact.stripTrailingZeros() : exact;
    return least.scale() > type.getScale()
        ? null
        : Decimal.apply(
            least.setScale(type.getScale(), RoundingMode.UNNECESSARY),
            type.getPrecision(),
            type.getScale());
  }

  private static byte[] bigDecimal(BigDecimal exact) {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
      encoder.writeBytes(exact.unscaledValue().toByteArray());
      encoder.writeInt(exact.scale());
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Resolved.Fit fit(Schema written, Schema reader) {
    if (isPlain(written) && isPlain(reader) && written.getType() == reader.getType()) {
      return Resolved.Fit.SAME;
    }
    if (!isPlain(written)
        && !isPlain(reader)
        && written.getLogicalType().equals(reader.getLogicalType())) {
      return Resolved.Fit.SAME;
    }
    int digits = wholeDigits(written);
    return switch (reader.getType()) {
      case LONG, DOUBLE ->
          every(
              written.getType() == Schema.Type.INT
                  || reader.getType() == Schema.Type.DOUBLE
                      && written.getType() == Schema.Type.FLOAT);
      case BYTES, FIXED ->
          reader.getLogicalType() instanceof LogicalTypes.Decimal decimal
              ? every(
                  digits <= decimal.getPrecision() - decimal.getScale()
                      && scale(written) <= decimal.getScale())
              : every(digits < Integer.MAX_VALUE || !isPlain(written));
      default -> Resolved.Fit.SOME;
    };
  }

  private static Resolved.Fit every(boolean value) {
    return value ? Resolved.Fit.EVERY : Resolved.Fit.SOME;
  }

  private static boolean isPlain(Schema schema) {
    return schema.getType() != Schema.Type.BYTES && schema.getType() != Schema.Type.FIXED;
  }

  private static int wholeDigits(Schema schema) {
    if (schema.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
      return decimal.getPrecision() - decimal.getScale();
    }
    return switch (schema.getType()) {
      case INT -> 10;
      case LONG -> 19;
      default -> Integer.MAX_VALUE;
    };
  }

  private static int scale(Schema schema) {
    return schema.getLogicalType() instanceof LogicalTypes.Decimal decimal ? decimal.getScale() : 0;
  }
}
