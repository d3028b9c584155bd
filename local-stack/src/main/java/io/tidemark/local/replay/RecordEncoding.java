package io.tidemark.local.replay;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.tidemark.file.RecordMapping;
import io.tidemark.schema.EventColumns;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.avro.functions;

/**
 * Records in Confluent's wire format: a zero, the schema's id in four bytes, the Avro body. And
 * bytes that only look like it.
 */
record RecordEncoding(Schema schema, int schemaId) {
  private static final int HEADER = 5;

  /** Whether records have an id and a time, so that trouble can be made. */
  boolean hasEnvelope() {
    return schema.getField(EventColumns.EVENT_ID) != null
        && schema.getField(EventColumns.EVENT_TIME) != null;
  }

  /**
   * The mapped record, some of whose fields are replaced; null if it has a problem: then it cannot
   * be encoded, and is reported.
   */
  Column sound(Map<String, Column> replaced) {
    Column[] fields =
        schema.getFields().stream()
            .map(Schema.Field::name)
            .map(name -> replaced.getOrDefault(name, col(name)).as(name))
            .toArray(Column[]::new);
    return when(
        col(RecordMapping.PROBLEM).isNull(),
        concat(header(schemaId), functions.to_avro(struct(fields), schema.toString())));
  }

  /**
   * What is delivered of a record: itself, or bytes that no reader can make an event of.
   *
   * @param kind name of a {@link DeliveryKind}
   */
  Column as(Column kind, Column sound) {
    Column delivered = sound;
    for (DeliveryKind corrupt : DeliveryKind.values()) {
      if (corrupt.isCorrupt()) {
        delivered =
            when(kind.equalTo(corrupt.name()), corrupted(corrupt, sound)).otherwise(delivered);
      }
    }
    return delivered;
  }

  private Column corrupted(DeliveryKind kind, Column sound) {
    Column body = sound.substr(lit(HEADER + 1), length(sound));
    return switch (kind) {
      case BAD_MAGIC -> concat(bytes("2a"), sound.substr(lit(2), length(sound)));
      case UNKNOWN_SCHEMA_ID -> concat(header(Integer.MAX_VALUE), body);
      case TRUNCATED ->
          sound.substr(lit(1), length(sound).minus(length(body).divide(2).cast("int")));
      // A length of a string that never ends.
      case NOT_AVRO -> concat(header(schemaId), bytes("ff".repeat(12)));
      case EMPTY -> bytes("");
      case NULL_VALUE -> lit(null).cast("binary");
      case EVENT, DUPLICATE, FUTURE_DATED -> throw new IllegalArgumentException(kind + " is sound");
    };
  }

  private static Column header(int id) {
    return lit(ByteBuffer.allocate(HEADER).put((byte) 0).putInt(id).array());
  }

  private static Column bytes(String hex) {
    return lit(HexFormat.of().parseHex(hex));
  }
}
