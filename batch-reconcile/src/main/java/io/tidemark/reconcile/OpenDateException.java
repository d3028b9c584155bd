package io.tidemark.reconcile;

/** A date was asked for that the stream still writes; the exit code is 2. */
final class OpenDateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OpenDateException(String message) {
    super(message);
  }
}
