package io.tidemark.schema;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Decodes records in Confluent's wire format: a zero byte, the writer schema's id in four bytes,
 * Avro binary. Every record is read by the schema that wrote it and resolved to the reader's. One
 * decoder serves one task.
 */
public final class RecordDecoder {
  private static final int HEADER = 5;

  private final RecordFormat format;
  private final Schema reader;
  private final SchemaRegistry registry;
  private final Map<Integer, Optional<WriterSchema>> writers = new HashMap<>();
  private final List<RequiredField> required = new ArrayList<>();
  private final int eventTime;

  private record RequiredField(int position, String name, Rejection rejection) {}

  public RecordDecoder(RecordFormat format) {
    this.format = format;
    this.reader = format.readerSchema();
    this.registry = SchemaRegistry.at(format.registry());
    for (String name : format.required()) {
      required.add(new RequiredField(reader.getField(name).pos(), name, rejectionOf(name)));
    }
    this.eventTime =
        format.required().contains(EventColumns.EVENT_TIME)
            ? reader.getField(EventColumns.EVENT_TIME).pos()
            : -1;
  }

  private static Rejection rejectionOf(String missing) {
    return switch (missing) {
      case EventColumns.EVENT_ID -> Rejection.NO_EVENT_ID;
      case EventColumns.EVENT_TIME -> Rejection.NO_EVENT_TIME;
      default -> Rejection.NO_KEY;
    };
  }

  /**
   * @param value the record's bytes, or null
   * @param timestamp of the record, micros since the epoch
   * @param brokersClock whether the broker gave it, and not the producer
   * @throws RejectedRecordException if the record is bad, now and for ever
   * @throws RegistryUnavailableException if nobody can tell
   * @throws SchemaChangedException if earlier records of its id were of another schema
   */
  public Decoded decode(byte[] value, long timestamp, boolean brokersClock)
      throws RejectedRecordException {
    int id = schemaId(value);
    WriterSchema writer = writer(id);
    try {
      GenericInternalRow row = writer.read(value, HEADER);
      check(row, timestamp, brokersClock);
      return new Decoded(row, id, writer.rescue(value, HEADER));
    } catch (UnreadableException e) {
      throw new RejectedRecordException(
          e.rejection(), "%s (writer's schema: %d)".formatted(e.getMessage(), id));
    } catch (StackOverflowError e) {
      throw new RejectedRecordException(
          Rejection.MALFORMED, "the record of schema %d is nested too deeply".formatted(id));
    } catch (RuntimeException e) {
      throw new RejectedRecordException(Rejection.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  /** The id in the header. */
  static int schemaId(byte[] value) throws RejectedRecordException {
    if (value == null) {
      throw new RejectedRecordException(Rejection.NULL_VALUE, "the record has no value");
    }
    if (value.length == 0) {
      throw new RejectedRecordException(Rejection.EMPTY, "the value has no bytes");
    }
    if (value[0] != 0) {
      throw new RejectedRecordException(
          Rejection.BAD_MAGIC, "the first byte is %d, not 0".formatted(value[0]));
    }
    if (value.length < HEADER) {
      throw new RejectedRecordException(
          Rejection.TRUNCATED_HEADER, "the value has %d bytes".formatted(value.length));
    }
    return ByteBuffer.wrap(value).getInt(1);
  }

  private WriterSchema writer(int id) throws RejectedRecordException {
    return writers
        .computeIfAbsent(id, this::resolved)
        .orElseThrow(
            () ->
                new RejectedRecordException(
                    Rejection.UNKNOWN_SCHEMA_ID, "the registry knows no schema " + id));
  }

  private Optional<WriterSchema> resolved(int id) {
    try {
      Optional<Schema> writer = registry.byId(id);
      writer.ifPresent(schema -> format.landed().require(id, schema, format.registry()));
      return writer.map(schema -> WriterSchema.of(schema, reader));
    } catch (UnreadableSchemaException e) {
      return Optional.of(WriterSchema.unreadable(e.getMessage()));
    } catch (RegistryUnavailableException | RegistryRefusedException | SchemaChangedException e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) { // Avro throws what it happens to meet.
      return Optional.of(
          WriterSchema.unreadable("schema %d cannot be read as the reader's: %s".formatted(id, e)));
    }
  }

  private void check(GenericInternalRow row, long timestamp, boolean brokersClock)
      throws RejectedRecordException {
    for (RequiredField field : required) {
      if (row.isNullAt(field.position()) || isEmptyText(row, field.position())) {
        throw new RejectedRecordException(field.rejection(), field.name() + " is empty");
      }
    }
    if (eventTime >= 0) {
      format.times().check(row.getLong(eventTime), timestamp, brokersClock);
    }
  }

  private static boolean isEmptyText(GenericInternalRow row, int position) {
    return row.values()[position] instanceof UTF8String text && text.numBytes() == 0;
  }

  /**
   * A record that is good: its columns, the id it was written with, and what the reader has no
   * field for, as JSON or null.
   */
  public record Decoded(GenericInternalRow row, int schemaId, String rescued) {}
}
