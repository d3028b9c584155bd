package io.tidemark.cli;

import java.io.PrintWriter;

/**
 * Says that a verb was ended from outside before it was done, by Ctrl-C or by whoever ends
 * processes. Java's exit code says the same: 130 or 143.
 */
final class Interruption implements AutoCloseable {
  private final Thread hook;

  private Interruption(PrintWriter err) {
    this.hook =
        new Thread(
            () -> {
              err.println();
              err.println(
                  "Stopped before the end. What it has written is complete; run it again to go on.");
              err.flush();
            });
  }

  /** Until it is closed. */
  static Interruption watch(PrintWriter err) {
    Interruption interruption = new Interruption(err);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  /** Whether this process is ending: what fails then fails because of that. */
  boolean isUnderWay() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
      Runtime.getRuntime().addShutdownHook(hook);
      return false;
    } catch (IllegalStateException ending) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // It has been said, or is being said.
      return;
    }
  }
}
