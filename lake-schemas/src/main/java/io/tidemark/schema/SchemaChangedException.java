package io.tidemark.schema;

/** The registry has given an id to another schema than before: nobody knows which one wrote. */
public final class SchemaChangedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SchemaChangedException(String message) {
    super(message);
  }
}
