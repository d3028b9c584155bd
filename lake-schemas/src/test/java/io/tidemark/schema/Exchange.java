package io.tidemark.schema;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

/** A record with one field {@code f}, as it is written and as it is read. */
record Exchange(Schema writer, Schema reader) {
  static Exchange of(String written, String read) {
    return new Exchange(record(written), record(read));
  }

  private static Schema record(String type) {
    return new Schema.Parser()
        .parse(
            "{\"type\": \"record\", \"name\": \"R\", \"fields\": [{\"name\": \"f\", \"type\": %s}]}"
                .formatted(type));
  }

  static String logical(String type, String logical) {
    return "{\"type\": \"%s\", \"logicalType\": \"%s\"}".formatted(type, logical);
  }

  static String decimal(int precision, int scale) {
    return "{\"type\": \"bytes\", \"logicalType\": \"decimal\", \"precision\": %d, \"scale\": %d}"
        .formatted(precision, scale);
  }

  /** The column of a value in Avro's JSON. */
  Object read(String json) throws UnreadableException {
    return PlainValue.of(
        WriterSchema.of(writer, reader).read(sent(json), 0).values()[0],
        reader.getFields().get(0).schema());
  }

  UnreadableException refused(String json) {
    return catchThrowableOfType(UnreadableException.class, () -> read(json));
  }

  UnreadableException refused(byte... body) {
    return catchThrowableOfType(
        UnreadableException.class, () -> WriterSchema.of(writer, reader).read(body, 0));
  }

  String rescued(String json) throws UnreadableException {
    byte[] body = sent(json);
    WriterSchema schema = WriterSchema.of(writer, reader);
    schema.read(body, 0);
    return schema.rescue(body, 0);
  }

  private byte[] sent(String json) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      Object value =
          new GenericDatumReader<>(writer)
              .read(null, DecoderFactory.get().jsonDecoder(writer, "{\"f\": %s}".formatted(json)));
      new GenericDatumWriter<>(writer).write(value, encoder);
    } catch (IOException e) {
      throw new AssertionError(json, e);
    }
    return bytes.toByteArray();
  }
}
