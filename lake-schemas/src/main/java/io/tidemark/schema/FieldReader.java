package io.tidemark.schema;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.io.ResolvingDecoder;
import org.apache.avro.util.Utf8;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayBasedMapData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Reads one Avro value as Spark keeps it, without a generic record in between. The types are those
 * of spark-avro's {@code SchemaConverters}.
 */
@FunctionalInterface
interface FieldReader {
  Object read(ResolvingDecoder in) throws IOException;

  Set<Schema.Type> WHOLE = Set.of(Schema.Type.INT, Schema.Type.LONG);
  Set<Schema.Type> FLOATING = Set.of(Schema.Type.FLOAT, Schema.Type.DOUBLE);

  static FieldReader of(Schema schema) {
    LogicalType logical = schema.getLogicalType();
    return switch (schema.getType()) {
      case NULL ->
          in -> {
            in.readNull();
            return null;
          };
      case BOOLEAN -> in -> in.readBoolean();
      case INT -> in -> in.readInt();
      case LONG -> ofLong(logical);
      case FLOAT -> in -> in.readFloat();
      case DOUBLE -> in -> in.readDouble();
      case STRING -> FieldReader::readString;
      case BYTES -> ofBytes(logical);
      case FIXED -> ofFixed(logical, schema.getFixedSize());
      case ENUM -> ofEnum(schema);
      case ARRAY -> ofArray(of(schema.getElementType()));
      case MAP -> ofMap(of(schema.getValueType()));
      case RECORD -> ofRecord(schema);
      case UNION -> ofUnion(schema);
    };
  }

  private static FieldReader ofLong(LogicalType logical) {
    if (logical instanceof LogicalTypes.TimestampMillis
        || logical instanceof LogicalTypes.LocalTimestampMillis) {
      return in -> Math.multiplyExact(in.readLong(), TimeUnit.MILLISECONDS.toMicros(1));
    }
    return in -> in.readLong();
  }

  private static Object readString(ResolvingDecoder in) throws IOException {
    Utf8 text = in.readString(null);
    return UTF8String.fromBytes(text.getBytes(), 0, text.getByteLength());
  }

  private static FieldReader ofBytes(LogicalType logical) {
    if (logical instanceof LogicalTypes.Decimal decimal) {
      return in -> {
        var bytes = in.readBytes(null);
        return decimal(bytes.array(), bytes.limit(), decimal);
      };
    }
    return in -> {
      var bytes = in.readBytes(null);
      byte[] copy = new byte[bytes.remaining()];
      bytes.get(copy);
      return copy;
    };
  }

  private static FieldReader ofFixed(LogicalType logical, int size) {
    return in -> {
      byte[] bytes = new byte[size];
      in.readFixed(bytes, 0, size);
      return logical instanceof LogicalTypes.Decimal decimal
          ? decimal(bytes, size, decimal)
          : bytes;
    };
  }

  private static Decimal decimal(byte[] bytes, int length, LogicalTypes.Decimal type) {
    var value = new BigDecimal(new BigInteger(bytes, 0, length), type.getScale());
    if (value.precision() > type.getPrecision()) {
      throw new ArithmeticException(
          "%s has more than %d digits".formatted(value, type.getPrecision()));
    }
    return Decimal.apply(value, type.getPrecision(), type.getScale());
  }

  private static FieldReader ofEnum(Schema schema) {
    UTF8String[] symbols =
        schema.getEnumSymbols().stream().map(UTF8String::fromString).toArray(UTF8String[]::new);
    return in -> symbols[in.readEnum()];
  }

  private static FieldReader ofArray(FieldReader element) {
    return in -> {
      List<Object> values = new ArrayList<>();
      for (long n = in.readArrayStart(); n > 0; n = in.arrayNext()) {
        for (long i = 0; i < n; i++) {
          values.add(element.read(in));
        }
      }
      return new GenericArrayData(values.toArray());
    };
  }

  private static FieldReader ofMap(FieldReader value) {
    return in -> {
      List<Object> keys = new ArrayList<>();
      List<Object> values = new ArrayList<>();
      for (long n = in.readMapStart(); n > 0; n = in.mapNext()) {
        for (long i = 0; i < n; i++) {
          keys.add(readString(in));
          values.add(value.read(in));
        }
      }
      return new ArrayBasedMapData(
          new GenericArrayData(keys.toArray()), new GenericArrayData(values.toArray()));
    };
  }

  private static FieldReader ofRecord(Schema schema) {
    FieldReader[] fields =
        schema.getFields().stream().map(f -> of(f.schema())).toArray(FieldReader[]::new);
    return in -> {
      Object[] values = new Object[fields.length];
      for (Schema.Field field : in.readFieldOrder()) {
        values[field.pos()] = fields[field.pos()].read(in);
      }
      return new GenericInternalRow(values);
    };
  }

  /**
   * A union of null and one type is that type, of int and long a long; a wider one is a struct of
   * its members, of which one is set.
   */
  private static FieldReader ofUnion(Schema schema) {
    List<Schema> members = schema.getTypes();
    FieldReader[] readers = members.stream().map(FieldReader::of).toArray(FieldReader[]::new);
    long values = members.stream().filter(m -> m.getType() != Schema.Type.NULL).count();
    if (values <= 1) {
      return in -> readers[in.readIndex()].read(in);
    }
    if (members.stream().allMatch(m -> WHOLE.contains(m.getType()))) {
      return in -> ((Number) readers[in.readIndex()].read(in)).longValue();
    }
    if (members.stream().allMatch(m -> FLOATING.contains(m.getType()))) {
      return in -> ((Number) readers[in.readIndex()].read(in)).doubleValue();
    }
    int[] positions = new int[readers.length];
    for (int i = 0, position = 0; i < readers.length; i++) {
      positions[i] = members.get(i).getType() == Schema.Type.NULL ? -1 : position++;
    }
    return in -> {
      int member = in.readIndex();
      Object value = readers[member].read(in);
      if (positions[member] < 0) {
        return null;
      }
      Object[] row = new Object[(int) values];
      row[positions[member]] = value;
      return new GenericInternalRow(row);
    };
  }
}
