package io.tidemark.schema;

/**
 * A record cannot become an event: the stage where it failed, a reason from a closed list, and what
 * a person wants to know.
 */
public final class RejectedRecordException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Avro likes to put whole schemas into its messages. */
  private static final int LONGEST = 500;

  private final Rejection rejection;

  RejectedRecordException(Rejection rejection, String message) {
    // No stack trace: a topic full of bad records must not cost a hundred times a good one.
    super(shortened(message), null, false, false);
    this.rejection = rejection;
  }

  private static String shortened(String message) {
    return message == null || message.length() <= LONGEST
        ? message
        : message.substring(0, LONGEST) + "...";
  }

  public Rejection rejection() {
    return rejection;
  }
}
