package io.tidemark.schema;

import static io.tidemark.schema.Resolved.Fit.SAME;
import static io.tidemark.schema.Resolved.Fit.SOME;

import io.tidemark.schema.Resolved.Fit;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;

/** Values without parts: what is equal is read, whatever both types are. */
final class ScalarResolution {
  private static final Pattern UUID_TEXT =
      Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

  /** A decimal of so many bytes is a long. */
  private static final int LONG_BYTES = 8;

  private ScalarResolution() {}

  static Resolved of(Schema written, Schema reader) {
    Meaning meant = Meaning.of(written);
    Meaning asked = Meaning.of(reader);
    if (asked == Meaning.UNKNOWN) {
      return of(written, bare(reader));
    }
    return switch (meant) {
      case NULL ->
          asked == Meaning.NULL ? Resolved.same(in -> null) : Resolved.never(written, reader, "");
      case BOOLEAN ->
          asked == Meaning.BOOLEAN
              ? Resolved.same(in -> in.readBoolean())
              : Resolved.never(written, reader, "");
      case NUMBER -> asked == Meaning.NUMBER ? number(written, reader) : never(written, reader);
      case INSTANT, WALL_CLOCK, TIME_OF_DAY ->
          asked == meant ? TimeResolution.of(written, reader) : never(written, reader);
      case DATE -> asked == meant ? Resolved.same(in -> in.readInt()) : never(written, reader);
      case TEXT -> text(written, reader, asked);
      case SYMBOL -> symbol(written, reader, asked);
      case BYTES, DURATION, UUID_BYTES -> bytes(written, reader, meant, asked);
      case UNKNOWN -> unknown(written, reader);
      default -> Resolved.never(written, reader, "");
    };
  }

  private static Resolved number(Schema written, Schema reader) {
    Fit fit = ExactNumber.fit(written, reader);
    if (fit != SAME) {
      return Resolved.attempt(
          written, reader, fit, in -> ExactNumber.as(reader, ExactNumber.read(written, in)));
    }
    return switch (written.getType()) {
      case INT -> Resolved.same(in -> in.readInt());
      case LONG -> Resolved.same(in -> in.readLong());
      case FLOAT -> Resolved.same(in -> in.readFloat());
      case DOUBLE -> Resolved.same(in -> in.readDouble());
      default ->
          written.getLogicalType() instanceof LogicalTypes.Decimal decimal
              ? Resolved.attempt(written, reader, SAME, decimal(written, decimal))
              : Resolved.same(in -> in.readBytes());
    };
  }

  /** The way of nearly every decimal: no scale to change, and seldom more than a long. */
  private static FieldReader.Attempt decimal(Schema written, LogicalTypes.Decimal type) {
    boolean isFixed = written.getType() == Schema.Type.FIXED;
    int precision = type.getPrecision();
    int scale = type.getScale();
    long bound =
        precision <= Decimal.MAX_LONG_DIGITS() ? BigInteger.TEN.pow(precision).longValue() : 0;
    return in -> {
      int size = isFixed ? written.getFixedSize() : in.readLength();
      if (bound > 0 && size > 0 && size <= LONG_BYTES) {
        long unscaled = in.readUnscaled(size);
        return unscaled > -bound && unscaled < bound
            ? Decimal.createUnsafe(unscaled, precision, scale)
            : null;
      }
      BigDecimal exact = WrittenValue.decimal(written, in.readFixed(size));
      return ExactNumber.decimal(exact, type);
    };
  }

  private static Resolved text(Schema written, Schema reader, Meaning asked) {
    return switch (asked) {
      case TEXT -> Resolved.same(in -> in.readText());
      case SYMBOL -> {
        Set<UTF8String> symbols = new HashSet<>(Arrays.asList(symbols(reader)));
        yield Resolved.attempt(
            written,
            reader,
            SOME,
            in -> {
              UTF8String text = in.readText();
              return symbols.contains(text) ? text : null;
            });
      }
      case BYTES ->
          reader.getType() == Schema.Type.BYTES && written.getLogicalType() == null
              ? Resolved.every(in -> in.readText().getBytes())
              : never(written, reader);
      case UUID_BYTES ->
          written.getLogicalType() == null
              ? never(written, reader)
              : Resolved.attempt(written, reader, SOME, in -> uuid(in.readText().toString()));
      default -> never(written, reader);
    };
  }

  private static byte[] uuid(String text) {
    if (!UUID_TEXT.matcher(text).matches()) {
      return null;
    }
    UUID uuid = UUID.fromString(text);
    return ByteBuffer.allocate(16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  private static UTF8String[] symbols(Schema schema) {
    return schema.getEnumSymbols().stream().map(UTF8String::fromString).toArray(UTF8String[]::new);
  }

  private static Resolved symbol(Schema written, Schema reader, Meaning asked) {
    UTF8String[] symbols = symbols(written);
    if (asked == Meaning.TEXT) {
      return Resolved.every(in -> symbols[in.readIndex(symbols.length)]);
    }
    if (asked != Meaning.SYMBOL) {
      return never(written, reader);
    }
    List<String> known = reader.getEnumSymbols();
    UTF8String instead =
        reader.getEnumDefault() == null ? null : UTF8String.fromString(reader.getEnumDefault());
    UTF8String[] read =
        Arrays.stream(symbols)
            .map(symbol -> known.contains(symbol.toString()) ? symbol : instead)
            .toArray(UTF8String[]::new);
    boolean knowsAll = known.containsAll(written.getEnumSymbols());
    FieldReader.Attempt attempt = in -> read[in.readIndex(read.length)];
    Resolved resolved = Resolved.attempt(written, reader, knowsAll ? SAME : SOME, attempt);
    return knowsAll || instead == null
        ? resolved
        : new Resolved(resolved.reader(), UnknownFields.ofSymbols(written, known), SOME);
  }

  private static Resolved bytes(Schema written, Schema reader, Meaning meant, Meaning asked) {
    if (asked == Meaning.TEXT) {
      boolean isText = written.getType() == Schema.Type.BYTES && reader.getLogicalType() == null;
      return isText
          ? Resolved.attempt(written, reader, SOME, ScalarResolution::text)
          : meant == Meaning.UUID_BYTES
              ? Resolved.every(in -> UTF8String.fromString(WrittenValue.uuid(in.readFixed(16))))
              : never(written, reader);
    }
    boolean isSame = asked == meant || meant == Meaning.BYTES || asked == Meaning.BYTES;
    if (!isSame || !Set.of(Meaning.BYTES, Meaning.DURATION, Meaning.UUID_BYTES).contains(asked)) {
      return never(written, reader);
    }
    if (written.getType() == Schema.Type.FIXED) {
      int size = written.getFixedSize();
      return reader.getType() == Schema.Type.BYTES
          ? Resolved.every(in -> in.readFixed(size))
          : reader.getFixedSize() == size
              ? Resolved.same(in -> in.readFixed(size))
              : Resolved.never(written, reader, "");
    }
    return reader.getType() == Schema.Type.BYTES
        ? Resolved.same(in -> in.readBytes())
        : Resolved.attempt(
            written,
            reader,
            SOME,
            in -> {
              byte[] bytes = in.readBytes();
              return bytes.length == reader.getFixedSize() ? bytes : null;
            });
  }

  private static UTF8String text(AvroBytes in) throws UnreadableException {
    byte[] bytes = in.readBytes();
    return AvroBytes.isUtf8(bytes) ? UTF8String.fromBytes(bytes) : null;
  }

  /** Nobody knows what such a value says, so only the bare type can take it. */
  private static Resolved unknown(Schema written, Schema reader) {
    return reader.getLogicalType() == null ? of(bare(written), reader) : never(written, reader);
  }

  /** The type without what its logical type says. */
  private static Schema bare(Schema schema) {
    return switch (schema.getType()) {
      case INT, LONG, FLOAT, DOUBLE, STRING, BYTES -> Schema.create(schema.getType());
      case FIXED -> Schema.createFixed("bare", null, null, schema.getFixedSize());
      default -> schema;
    };
  }

  private static Resolved never(Schema written, Schema reader) {
    return Resolved.never(written, reader, Unfit.hint(written, reader));
  }
}
