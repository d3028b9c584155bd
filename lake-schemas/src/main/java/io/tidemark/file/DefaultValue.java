package io.tidemark.file;

import static org.apache.spark.sql.functions.lit;

import io.tidemark.schema.NullableType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.avro.SchemaConverters;
import org.apache.spark.sql.avro.functions;
import org.apache.spark.sql.types.DataType;

/** What a field has that nothing gives a value to. */
final class DefaultValue {
  private DefaultValue() {}

  static Column of(Schema.Field field) {
    DataType type = SchemaConverters.toSqlType(field.schema()).dataType().asNullable();
    Object value = GenericData.get().getDefaultValue(field);
    if (value == null) {
      return lit(null).cast(type);
    }
    if (NullableType.valueOf(field.schema()).getLogicalType() == null
        && (value instanceof CharSequence || value instanceof Number || value instanceof Boolean)) {
      return lit(value instanceof CharSequence ? value.toString() : value).cast(type);
    }
    // A number of milliseconds, say, is a time by the schema alone.
    return functions.from_avro(lit(encoded(field.schema(), value)), field.schema().toString());
  }

  private static byte[] encoded(Schema schema, Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(schema).write(value, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a default in memory", e);
    }
    return bytes.toByteArray();
  }
}
