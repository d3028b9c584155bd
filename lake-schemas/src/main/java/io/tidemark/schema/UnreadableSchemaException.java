package io.tidemark.schema;

/** What a registry has under an id is not an Avro schema by which a record can be read. */
public final class UnreadableSchemaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean forNow;

  private UnreadableSchemaException(String message, boolean forNow, Throwable cause) {
    super(message, cause);
    this.forNow = forNow;
  }

  /** For good: an id never changes its schema. */
  static UnreadableSchemaException forGood(String message, Throwable cause) {
    return new UnreadableSchemaException(message, false, cause);
  }

  /** As long as something is absent that may come yet. */
  static UnreadableSchemaException forNow(String message) {
    return new UnreadableSchemaException(message, true, null);
  }

  boolean isForNow() {
    return forNow;
  }
}
