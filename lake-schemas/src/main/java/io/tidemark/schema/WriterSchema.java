package io.tidemark.schema;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;

/** One writer's schema, resolved to the reader's. */
final class WriterSchema {
  private final Schema writer;
  private final FieldReader reader;
  private final UnknownFields unknown;

  private WriterSchema(Schema writer, FieldReader reader, UnknownFields unknown) {
    this.writer = writer;
    this.reader = reader;
    this.unknown = unknown;
  }

  /** A writer's union is one of several records in turn. */
  static WriterSchema of(Schema writer, Schema reader) {
    if (!writer.isUnion()) {
      Resolved record = ofRecord(writer, reader);
      return new WriterSchema(writer, record.reader(), record.unknown());
    }
    List<Resolved> members =
        writer.getTypes().stream().map(member -> ofRecord(member, reader)).toList();
    return new WriterSchema(
        writer,
        in -> members.get(in.readIndex(members.size())).reader().read(in),
        UnknownFields.ofUnion(writer, members));
  }

  private static Resolved ofRecord(Schema writer, Schema reader) {
    if (isNamed(writer, reader)) {
      return Resolution.of(writer, reader);
    }
    String why =
        "the record is a %s, not a %s. If both are the same, add the first to the aliases of the reader's schema"
            .formatted(writer.getFullName(), reader.getFullName());
    return new Resolved(
        in -> {
          throw new UnreadableException(Rejection.OTHER_TYPE, why);
        },
        null,
        Resolved.Fit.NONE);
  }

  private static boolean isNamed(Schema writer, Schema reader) {
    return writer.getType() == Schema.Type.RECORD
        && (writer.getFullName().equals(reader.getFullName())
            || reader.getAliases().contains(writer.getFullName()));
  }

  /** One that nothing can be read by. */
  static WriterSchema unreadable(String why) {
    return new WriterSchema(
        null,
        in -> {
          throw UnreadableException.incompatible(why);
        },
        null);
  }

  GenericInternalRow read(byte[] value, int from) throws UnreadableException {
    AvroBytes in = new AvroBytes(value, from);
    try {
      GenericInternalRow row = (GenericInternalRow) reader.read(in);
      requireEnd(in);
      return row;
    } catch (UnreadableException e) {
      if (e.rejection() == Rejection.INCOMPATIBLE_SCHEMA && writer != null) {
        requireWhole(value, from);
      }
      throw e;
    }
  }

  /** Of a record that is cut off or garbage, no value says anything. */
  private void requireWhole(byte[] value, int from) throws UnreadableException {
    AvroBytes in = new AvroBytes(value, from);
    WrittenValue.skip(writer, in);
    requireEnd(in);
  }

  private static void requireEnd(AvroBytes in) throws UnreadableException {
    if (!in.isAtEnd()) {
      throw new UnreadableException(Rejection.TRAILING_BYTES, "bytes are left after the record");
    }
  }

  /**
   * What the reader does not know, as JSON; null if there is nothing. Reads once more, which only
   * such writers cost.
   */
  String rescue(byte[] value, int from) throws UnreadableException {
    JsonNode rescued = unknown == null ? null : unknown.rescue(new AvroBytes(value, from));
    return rescued == null ? null : rescued.toString();
  }
}
