package io.tidemark.schema;

import java.nio.ByteBuffer;
import java.util.OptionalInt;

/** The first bytes of a record in Confluent's wire format: a zero, and the id of its schema. */
public final class RecordHeader {
  private static final int LENGTH = 5;

  private RecordHeader() {}

  /** The id, empty if the record does not begin as one does. */
  public static OptionalInt schemaId(byte[] value) {
    return value == null || value.length < LENGTH || value[0] != 0
        ? OptionalInt.empty()
        : OptionalInt.of(ByteBuffer.wrap(value).getInt(1));
  }
}
