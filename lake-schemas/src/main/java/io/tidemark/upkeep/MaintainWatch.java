package io.tidemark.upkeep;

import io.tidemark.output.ExitCode;

/** Whoever has tables maintained: may end that early, and is told how far it is. */
public interface MaintainWatch {
  /** Asked before each action; once it says no, the rest is left to the next run. */
  boolean goesOn();

  /**
   * Whether the action that is under way is being ended, so that it fails for no reason of its own.
   */
  default boolean cutsOff() {
    return false;
  }

  /** The exit code of a run that does not go on. */
  default int stopCode() {
    return ExitCode.FINE;
  }

  /** A table is about to be looked after. */
  default void begins(MaintainedTable table) {}

  /** All that there was to do for a table has been tried. */
  default void ends(MaintainedTable table) {}
}
