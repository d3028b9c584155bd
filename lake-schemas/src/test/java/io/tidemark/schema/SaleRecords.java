package io.tidemark.schema;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Records of sales as a producer writes them, and the schemas that it writes them by. */
final class SaleRecords {
  private static final Schema TIME =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  static final Schema PRICE =
      LogicalTypes.decimal(18, 3).addToSchema(Schema.create(Schema.Type.BYTES));
  static final Schema READER =
      SchemaBuilder.record("Sale")
          .fields()
          .requiredString("event_id")
          .name("event_time")
          .type(TIME)
          .noDefault()
          .name("price")
          .type()
          .optional()
          .type(PRICE)
          .name("country")
          .type()
          .stringType()
          .stringDefault("unknown")
          .endRecord();

  private SaleRecords() {}

  static GenericRecord sale(Schema schema, String id, Instant time) {
    GenericRecord sale = new GenericData.Record(schema);
    Map<String, Object> values =
        Map.of(
            "event_id",
            id,
            "event_time",
            time.toEpochMilli(),
            "price",
            price("-12.345"),
            "country",
            "Österreich 🇦🇹");
    values.forEach(
        (name, value) -> {
          if (schema.getField(name) != null) {
            sale.put(name, value);
          }
        });
    return sale;
  }

  static ByteBuffer price(String price) {
    return new Conversions.DecimalConversion()
        .toBytes(new BigDecimal(price), PRICE, PRICE.getLogicalType());
  }

  /** The record after a header that names its schema by this id. */
  static byte[] bytes(int id, GenericRecord record) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  static Schema without(Schema schema, String field) {
    return copy(
        schema,
        schema.getFields().stream().filter(f -> !f.name().equals(field)).toList(),
        List.of());
  }

  static Schema with(
      Schema schema, String first, Schema firstType, String second, Schema secondType) {
    return copy(
        schema,
        schema.getFields(),
        List.of(new Schema.Field(first, firstType), new Schema.Field(second, secondType)));
  }

  private static Schema copy(Schema schema, List<Schema.Field> fields, List<Schema.Field> more) {
    var all = new java.util.ArrayList<Schema.Field>();
    fields.forEach(f -> all.add(new Schema.Field(f, f.schema())));
    all.addAll(more);
    return Schema.createRecord(schema.getName(), null, null, false, all);
  }
}
