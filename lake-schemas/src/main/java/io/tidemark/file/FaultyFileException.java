package io.tidemark.file;

/** A file cannot be read on; the message says what is wrong, not where. */
final class FaultyFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FaultyFileException(String problem) {
    super(problem);
  }
}
