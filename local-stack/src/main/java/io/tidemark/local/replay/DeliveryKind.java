package io.tidemark.local.replay;

import java.util.Locale;

/** What a delivered record is. */
public enum DeliveryKind {
  EVENT,
  DUPLICATE,
  FUTURE_DATED,
  BAD_MAGIC,
  UNKNOWN_SCHEMA_ID,
  TRUNCATED,
  NOT_AVRO,
  EMPTY,
  NULL_VALUE;

  /** Whether no reader can make an event of it. */
  public boolean isCorrupt() {
    return ordinal() >= BAD_MAGIC.ordinal();
  }

  /** As it stands in reports, for example {@code bad-magic}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
