package io.tidemark.schema;

/**
 * How values of a writer's type are read as a reader's type.
 *
 * @param unknown what of them the reader does not know; null if it knows everything
 */
record Resolved(FieldReader reader, UnknownFields unknown, Fit fit) {

  /** How many of the written values have an equal among the reader's. */
  enum Fit {
    SAME,
    EVERY,
    SOME,
    NONE
  }

  static Resolved same(FieldReader reader) {
    return new Resolved(reader, null, Fit.SAME);
  }

  static Resolved every(FieldReader reader) {
    return new Resolved(reader, null, Fit.EVERY);
  }

  boolean isPossible() {
    return fit != Fit.NONE;
  }
}
