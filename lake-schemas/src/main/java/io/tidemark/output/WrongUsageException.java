package io.tidemark.output;

/**
 * What was asked for cannot be done, which could be told only after the command line was parsed;
 * the exit code is 2.
 */
public final class WrongUsageException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what cannot be done, why, and the way out
   */
  public WrongUsageException(String message) {
    super(message);
  }
}
