package io.tidemark.schema;

/**
 * The registry gave no answer, so nobody knows whether a record is good: the batch has to be tried
 * again.
 */
public final class RegistryUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RegistryUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
