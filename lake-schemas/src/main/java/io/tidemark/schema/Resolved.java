package io.tidemark.schema;

import org.apache.avro.Schema;

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

  /** A value for which the attempt gives null is refused. */
  static Resolved attempt(Schema written, Schema reader, Fit fit, FieldReader.Attempt attempt) {
    return new Resolved(
        in -> {
          int start = in.position();
          Object value = attempt.read(in);
          if (value == null) {
            in.back(start);
            throw Unfit.value(written, reader, in);
          }
          return value;
        },
        null,
        fit);
  }

  /**
   * @param hint goes on with the message
   */
  static Resolved never(Schema written, Schema reader, String hint) {
    return new Resolved(
        in -> {
          throw Unfit.type(written, reader, in, hint);
        },
        null,
        Fit.NONE);
  }

  boolean isPossible() {
    return fit != Fit.NONE;
  }
}
