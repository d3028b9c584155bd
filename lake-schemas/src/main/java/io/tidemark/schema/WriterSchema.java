package io.tidemark.schema;

import java.io.IOException;
import java.util.HashSet;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.AvroTypeException;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.ResolvingDecoder;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;

/** One writer's schema, resolved to the reader's. */
final class WriterSchema {
  private static final GenericData READABLE = readable();

  private final Schema writer;
  private final Schema reader;
  private final boolean hasUnknownFields;
  private final AvroRuntimeException incompatible;
  private final ResolvingDecoder resolving;

  private WriterSchema(
      Schema writer, Schema reader, ResolvingDecoder resolving, AvroRuntimeException incompatible) {
    this.writer = writer;
    this.reader = reader;
    this.hasUnknownFields = UnknownFields.exist(writer, reader, new HashSet<>());
    this.resolving = resolving;
    this.incompatible = incompatible;
  }

  static WriterSchema of(Schema writer, Schema reader) {
    try {
      return new WriterSchema(
          writer, reader, DecoderFactory.get().resolvingDecoder(writer, reader, null), null);
    } catch (AvroRuntimeException e) {
      return new WriterSchema(writer, reader, null, e);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot resolve schema " + writer.getFullName(), e);
    }
  }

  /** One that nothing can be read by. */
  static WriterSchema unreadable(Schema reader, String why) {
    return new WriterSchema(reader, reader, null, new AvroTypeException(why));
  }

  GenericInternalRow read(BinaryDecoder in, FieldReader record) throws IOException {
    if (incompatible != null) {
      throw incompatible;
    }
    // Also clears what a bad record left behind.
    resolving.configure(in);
    GenericInternalRow row = (GenericInternalRow) record.read(resolving);
    resolving.drain();
    return row;
  }

  /**
   * The fields that the reader does not know, as JSON; null if there are none. Decodes once more,
   * which only such writers cost.
   */
  String rescue(byte[] value, int from) throws IOException {
    if (!hasUnknownFields) {
      return null;
    }
    var in = DecoderFactory.get().binaryDecoder(value, from, value.length - from, null);
    GenericRecord all =
        new GenericDatumReader<GenericRecord>(writer, writer, READABLE).read(null, in);
    return UnknownFields.json(all, reader).toString();
  }

  private static GenericData readable() {
    GenericData data = new GenericData();
    data.addLogicalTypeConversion(new Conversions.DecimalConversion());
    data.addLogicalTypeConversion(new Conversions.UUIDConversion());
    data.addLogicalTypeConversion(new TimeConversions.DateConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimestampMillisConversion());
    data.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
    return data;
  }
}
