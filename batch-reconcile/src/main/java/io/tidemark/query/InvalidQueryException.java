package io.tidemark.query;

/** A query that cannot be run as it is written; the exit code is 2. */
final class InvalidQueryException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidQueryException(String message, Throwable cause) {
    super(message, cause);
  }
}
