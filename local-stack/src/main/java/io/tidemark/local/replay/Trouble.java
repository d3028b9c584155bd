package io.tidemark.local.replay;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import org.apache.spark.sql.Column;

/**
 * What goes wrong on the way, as shares of all events. Which ones is decided by their ids and the
 * seed alone, and so the same in every replay.
 *
 * @param duplicates delivered a second time, later
 * @param delayed delivered late
 * @param corrupt with a corrupt record beside them
 * @param future with a record beside them that is dated a month ahead
 */
public record Trouble(long seed, Share duplicates, Share delayed, Share corrupt, Share future) {
  private static final long STEPS = 1_000_000_000L;

  public static Trouble none() {
    return new Trouble(0, Share.NONE, Share.NONE, Share.NONE, Share.NONE);
  }

  boolean isNone() {
    return duplicates.isNone() && delayed.isNone() && corrupt.isNone() && future.isNone();
  }

  /** A number in [0, 1) that an event id alone decides, another one for each purpose. */
  Column chance(String purpose, Column eventId) {
    return pmod(xxhash64(lit(seed), lit(purpose), eventId), lit(STEPS)).divide(lit((double) STEPS));
  }
}
