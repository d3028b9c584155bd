package io.tidemark.landing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;

/** An event of nothing but the envelope, and its bytes, written out by hand. */
final class Click {
  static final Schema SCHEMA =
      SchemaBuilder.record("Click")
          .fields()
          .requiredString("event_id")
          .name("event_time")
          .type(LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .endRecord();

  private Click() {}

  /** In Confluent's framing: id of one byte's length, time as a zig-zag long. */
  static byte[] encoded(int schemaId, String id, Instant at) {
    List<Byte> time = new ArrayList<>();
    for (long rest = at.toEpochMilli() << 1; ; rest >>>= 7) {
      if (rest < 0x80) {
        time.add((byte) rest);
        break;
      }
      time.add((byte) (rest & 0x7f | 0x80));
    }
    ByteBuffer value = ByteBuffer.allocate(5 + 1 + id.length() + time.size());
    value.put((byte) 0).putInt(schemaId).put((byte) (id.length() << 1));
    value.put(id.getBytes(StandardCharsets.UTF_8));
    time.forEach(value::put);
    return value.array();
  }
}
