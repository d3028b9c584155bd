package io.tidemark.schema;

/** The registry lets nobody in with these credentials: to ask again would change nothing. */
public final class RegistryRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  RegistryRefusedException(String message) {
    super(message);
  }
}
