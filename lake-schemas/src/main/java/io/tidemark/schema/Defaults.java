package io.tidemark.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** What a field of the reader's is where the writer does not have it. */
final class Defaults {
  private Defaults() {}

  /**
   * As Spark keeps it.
   *
   * @throws AvroRuntimeException if the default is not a value of the field's type
   */
  static Object of(Schema.Field field) {
    try {
      byte[] written = written(field);
      return Resolution.of(field.schema(), field.schema()).reader().read(new AvroBytes(written, 0));
    } catch (UnreadableException e) {
      throw new AvroRuntimeException(
          "the default of %s: %s".formatted(field.name(), e.getMessage()), e);
    }
  }

  private static byte[] written(Schema.Field field) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(field.schema(), GenericData.get())
          .write(GenericData.get().getDefaultValue(field), encoder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
