package io.tidemark.schema;

import java.util.Set;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/** What the values of an Avro type say, whatever bytes they are written in. */
enum Meaning {
  NULL,
  BOOLEAN,
  NUMBER,
  INSTANT,
  WALL_CLOCK,
  TIME_OF_DAY,
  DATE,
  TEXT,
  SYMBOL,
  BYTES,
  DURATION,
  UUID_BYTES,
  ARRAY,
  MAP,
  RECORD,
  UNION,

  /**
   * Of a logical type that is not known, or not known on this type: read as it is, or not at all.
   */
  UNKNOWN;

  static Meaning of(Schema schema) {
    LogicalType logical = schema.getLogicalType();
    Meaning known = logical == null ? null : of(logical, schema);
    if (known != null) {
      return known;
    }
    if (schema.getProp(LogicalType.LOGICAL_TYPE_PROP) != null && isScalar(schema)) {
      return UNKNOWN;
    }
    return switch (schema.getType()) {
      case NULL -> NULL;
      case BOOLEAN -> BOOLEAN;
      case INT, LONG, FLOAT, DOUBLE -> NUMBER;
      case STRING -> TEXT;
      case ENUM -> SYMBOL;
      case BYTES, FIXED -> BYTES;
      case ARRAY -> ARRAY;
      case MAP -> MAP;
      case RECORD -> RECORD;
      case UNION -> UNION;
    };
  }

  private static Meaning of(LogicalType logical, Schema schema) {
    if (logical instanceof LogicalTypes.Decimal || logical instanceof LogicalTypes.BigDecimal) {
      return NUMBER;
    }
    return switch (logical.getName()) {
      case "timestamp-millis", "timestamp-micros", "timestamp-nanos" -> INSTANT;
      case "local-timestamp-millis", "local-timestamp-micros", "local-timestamp-nanos" ->
          WALL_CLOCK;
      case "time-millis", "time-micros" -> TIME_OF_DAY;
      case "date" -> DATE;
      case "duration" -> DURATION;
      case "uuid" -> schema.getType() == Schema.Type.FIXED ? UUID_BYTES : TEXT;
      default -> null;
    };
  }

  private static boolean isScalar(Schema schema) {
    return Set.of(
            Schema.Type.INT,
            Schema.Type.LONG,
            Schema.Type.FLOAT,
            Schema.Type.DOUBLE,
            Schema.Type.STRING,
            Schema.Type.BYTES,
            Schema.Type.FIXED)
        .contains(schema.getType());
  }
}
