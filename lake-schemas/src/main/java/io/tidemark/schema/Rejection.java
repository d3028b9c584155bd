package io.tidemark.schema;

import java.util.Locale;

/** Why a record became a dead letter, and at which stage on its way. */
public enum Rejection {
  NULL_VALUE("header"),
  EMPTY("header"),
  BAD_MAGIC("header"),
  TRUNCATED_HEADER("header"),
  UNKNOWN_SCHEMA_ID("schema"),
  OTHER_TYPE("schema"),
  INCOMPATIBLE_SCHEMA("schema"),
  TRUNCATED("body"),
  MALFORMED("body"),
  TRAILING_BYTES("body"),
  NO_EVENT_ID("envelope"),
  NO_EVENT_TIME("envelope"),
  NO_KEY("envelope"),
  MAX_FUTURE("time"),
  MAX_PAST("time");

  private final String stage;

  Rejection(String stage) {
    this.stage = stage;
  }

  public String stage() {
    return stage;
  }

  /** As it stands in tables and reports, for example {@code bad-magic}. */
  public String reason() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
