package io.tidemark.schema;

/**
 * Reads one written value as Spark keeps it, without a generic record in between. The types are
 * those of spark-avro's {@code SchemaConverters}.
 */
@FunctionalInterface
interface FieldReader {
  Object read(AvroBytes in) throws UnreadableException;

  /** A reader that gives null for a value which the reader's type cannot hold exactly. */
  @FunctionalInterface
  interface Attempt {
    Object read(AvroBytes in) throws UnreadableException;
  }
}
