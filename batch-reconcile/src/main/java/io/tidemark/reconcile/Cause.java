package io.tidemark.reconcile;

import java.util.Locale;

/** Why a row of a view differs from its recomputation. */
public enum Cause {
  /** The stream dropped events that came behind its watermark. */
  LATE,
  /** Deliveries of one event id differ, and the stream counted another one than the batch. */
  DUPLICATE,
  /** Neither: a fault, or somebody wrote the view's table. */
  UNEXPLAINED;

  /** As tables and summaries have it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Cause of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
