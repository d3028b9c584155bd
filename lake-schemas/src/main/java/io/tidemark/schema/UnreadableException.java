package io.tidemark.schema;

/** A value that cannot be read: why, and on the way out of the record, where it stands. */
final class UnreadableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Rejection rejection;
  private final String why;
  private String path = "";

  UnreadableException(Rejection rejection, String why) {
    // No stack trace: a topic full of bad records must not cost a hundred times a good one.
    super(why, null, false, false);
    this.rejection = rejection;
    this.why = why;
  }

  static UnreadableException malformed(String why) {
    return new UnreadableException(Rejection.MALFORMED, why);
  }

  static UnreadableException incompatible(String why) {
    return new UnreadableException(Rejection.INCOMPATIBLE_SCHEMA, why);
  }

  /** The value stands in this field, or with {@code []} and <code>{}</code> in its elements. */
  UnreadableException within(String name) {
    boolean isField = !path.isEmpty() && path.charAt(0) != '[' && path.charAt(0) != '{';
    path = isField ? name + "." + path : name + path;
    return this;
  }

  Rejection rejection() {
    return rejection;
  }

  /** For example {@code items[].price}; empty for the record itself. */
  String path() {
    return path;
  }

  @Override
  public String getMessage() {
    return path.isEmpty() ? why : "Cannot read the field %s: %s".formatted(path, why);
  }
}
