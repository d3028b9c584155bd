package io.tidemark.ops;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The record that a date of a view equals its recomputation.
 *
 * @param rows of the view on that date
 * @param fingerprint of those rows, whatever their order
 * @param events delivered in the view's reach of that date, duplicates counted
 * @param eventsVersion the events table's version that was recomputed from
 * @param landedThrough a landing batch up to which it had every event that counts on the date, and
 *     after which none; empty if there were no events
 * @param dimensionVersions the version of each dimension that the view reads
 * @param tableVersion the view table's version that was compared
 * @param viewVersion of the SQL
 * @param run which sealed it
 * @param deduplicationWindow within which a delivery kept later ones of its id from counting; empty
 *     if it was sealed before that was so
 * @param conflicting event ids of which a delivery on the date differs from another
 * @param editsThrough the look for edits of the events table after which none is in it; empty if it
 *     was sealed before anybody looked
 * @param dimensionContents a fingerprint of what the view reads of each dimension; empty if it was
 *     sealed before there were any
 * @param found what the run that sealed it had found on the date; empty if it is of a time when
 *     that was not kept
 */
public record Seal(
    LocalDate date,
    long rows,
    String fingerprint,
    long events,
    long eventsVersion,
    OptionalLong landedThrough,
    Map<String, Long> dimensionVersions,
    long tableVersion,
    String viewVersion,
    String run,
    Instant sealedAt,
    Optional<Duration> deduplicationWindow,
    OptionalLong conflicting,
    OptionalLong editsThrough,
    Map<String, String> dimensionContents,
    Optional<Found> found) {
  public Seal {
    dimensionVersions = Map.copyOf(dimensionVersions);
    dimensionContents = Map.copyOf(dimensionContents);
  }

  /**
   * How a date compared with its recomputation before anything was repaired.
   *
   * @param agreement keys whose rows were equal, of all keys of either side
   * @param drift the other keys, by cause; a cause without any is absent
   */
  public record Found(double agreement, Map<String, Long> drift) {
    public Found {
      drift = Map.copyOf(drift);
    }
  }
}
