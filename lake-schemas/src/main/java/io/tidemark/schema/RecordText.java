package io.tidemark.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.IntFunction;
import org.apache.avro.Schema;

/**
 * What a record says, as its writer's schema has it, as far as it can be read: a bad record too.
 *
 * @param decoded the value, or the fields of a record that stand before the one that cannot be
 *     read; empty if nothing can be read
 * @param through how many bytes of the value were read by then
 * @param problem why it goes no further; empty if all of it can be read
 */
public record RecordText(Optional<JsonNode> decoded, int through, Optional<String> problem) {
  private static final int HEADER = 5;

  /**
   * @param value in Confluent's wire format, or whatever it is; may be null
   * @param schemas by the ids that records name
   */
  public static RecordText of(byte[] value, IntFunction<Optional<Schema>> schemas) {
    int id;
    try {
      id = RecordDecoder.schemaId(value);
    } catch (RejectedRecordException e) {
      return new RecordText(Optional.empty(), 0, Optional.of(e.getMessage()));
    }
    Optional<Schema> writer;
    try {
      writer = schemas.apply(id);
    } catch (RuntimeException | StackOverflowError e) { // Avro throws what it happens to meet.
      return unread("schema %d cannot be read: %s".formatted(id, e.getMessage()));
    }
    return writer
        .map(schema -> read(schema, new AvroBytes(value, HEADER)))
        .orElseGet(() -> unread("the registry knows no schema %d".formatted(id)));
  }

  private static RecordText unread(String why) {
    return new RecordText(Optional.empty(), HEADER, Optional.of(why));
  }

  private static RecordText read(Schema writer, AvroBytes in) {
    boolean isRecord = writer.getType() == Schema.Type.RECORD;
    ObjectNode fields = JsonNodeFactory.instance.objectNode();
    int through = in.position();
    String field = "";
    try {
      if (!isRecord) {
        return whole(WrittenValue.json(writer, in), in);
      }
      for (Schema.Field next : writer.getFields()) {
        field = next.name();
        fields.set(field, WrittenValue.json(next.schema(), in));
        through = in.position();
      }
      return whole(fields, in);
    } catch (UnreadableException | RuntimeException | StackOverflowError e) {
      String why = e instanceof UnreadableException ? e.getMessage() : String.valueOf(e);
      return new RecordText(
          isRecord ? Optional.of(fields) : Optional.empty(),
          through,
          Optional.of(isRecord ? "field %s: %s".formatted(field, why) : why));
    }
  }

  private static RecordText whole(JsonNode decoded, AvroBytes in) {
    return new RecordText(
        Optional.of(decoded),
        in.position(),
        in.isAtEnd() ? Optional.empty() : Optional.of("more bytes follow than its schema has"));
  }
}
