package io.tidemark.schema;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.apache.avro.Schema;

/** In what steps a type counts time. */
enum TickLength {
  MILLIS(1_000_000),
  MICROS(1_000),
  NANOS(1);

  private final long nanos;

  TickLength(long nanos) {
    this.nanos = nanos;
  }

  /** Of a timestamp or a time of day. */
  static TickLength of(Schema schema) {
    String name = schema.getLogicalType().getName();
    for (TickLength length : values()) {
      if (name.endsWith(length.name().toLowerCase(Locale.ROOT))) {
        return length;
      }
    }
    throw new IllegalArgumentException(name + " does not count time");
  }

  long nanos() {
    return nanos;
  }

  Instant addTo(Instant start, long ticks) {
    long perSecond = Duration.ofSeconds(1).toNanos() / nanos;
    return start
        .plusSeconds(Math.floorDiv(ticks, perSecond))
        .plusNanos(Math.floorMod(ticks, perSecond) * nanos);
  }
}
