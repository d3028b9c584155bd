package io.tidemark.output;

/** What a verb's exit code says, to a shell and to a scheduler. */
public final class ExitCode {
  public static final int FINE = 0;
  public static final int FAILED = 1;
  public static final int WRONG_USAGE = 2;
  public static final int DRIFT_NOT_REPAIRED = 10;
  public static final int QUALITY_REFUSED = 11;

  private ExitCode() {}
}
