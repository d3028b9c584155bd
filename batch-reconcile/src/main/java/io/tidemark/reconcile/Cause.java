package io.tidemark.reconcile;

import java.util.Locale;

/** Why a row of a view differs from its recomputation. */
public enum Cause {
  /** The stream dropped events that came behind its watermark, or after their date was sealed. */
  LATE,
  /** The same, and all of these events were dead letters until {@code dead-letters replay}. */
  REPLAYED,
  /** Deliveries of one event id differ, and the stream counted others than the batch. */
  DUPLICATE,
  /**
   * The row was made by another definition of the view: its SQL, its key, or which events count.
   */
  DEFINITION,
  /** The row was sealed with another content of a dimension, and nobody wrote to its date since. */
  DIMENSION,
  /** None of these, and events that count on the date were edited since it was sealed. */
  EDITED,
  /** None of these, and events that count on the date were erased since it was sealed. */
  ERASED,
  /** None of these: a fault, or somebody wrote the view's table. */
  UNEXPLAINED;

  /** As tables and summaries have it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Cause of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
