package io.tidemark.schema;

import org.apache.avro.Schema;

/** Times of one unit as those of another, where both are equal. */
final class TimeResolution {
  private TimeResolution() {}

  /** Spark counts timestamps in micros, but those in nanos, which it does not know, as they are. */
  static Resolved of(Schema written, Schema reader) {
    long from = TickLength.of(written).nanos();
    long declared = TickLength.of(reader).nanos();
    boolean isMillis =
        Meaning.of(reader) != Meaning.TIME_OF_DAY && declared > TickLength.MICROS.nanos();
    long to = isMillis ? TickLength.MICROS.nanos() : declared;
    boolean isInt = reader.getType() == Schema.Type.INT;
    boolean isWrittenAsInt = written.getType() == Schema.Type.INT;
    if (isInt && isWrittenAsInt) {
      return Resolved.same(in -> in.readInt());
    }
    if (from == to && from == declared) {
      return Resolved.same(in -> in.readLong());
    }
    Resolved.Fit fit =
        from == declared
            ? Resolved.Fit.SAME
            : from > declared ? Resolved.Fit.EVERY : Resolved.Fit.SOME;
    return Resolved.attempt(
        written,
        reader,
        fit,
        in -> {
          long ticks = isWrittenAsInt ? in.readInt() : in.readLong();
          Long value = converted(ticks, from, declared, to);
          return value == null || !isInt ? value : inInt(value);
        });
  }

  private static Object inInt(long value) {
    return value == (int) value ? (Object) (int) value : null;
  }

  private static Long converted(long ticks, long from, long declared, long to) {
    if (from < declared && ticks % (declared / from) != 0) {
      return null;
    }
    if (from <= to) {
      return ticks / (to / from);
    }
    long factor = from / to;
    long value = ticks * factor;
    return value / factor == ticks && Math.multiplyHigh(ticks, factor) == value >> 63
        ? value
        : null;
  }
}
