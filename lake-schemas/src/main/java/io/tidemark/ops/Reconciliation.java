package io.tidemark.ops;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a run of {@code reconcile} found of one date of a view, and did about it.
 *
 * @param outcome a word for it
 * @param reason why a check of quality holds the date back, if one does
 * @param sealed whether the run sealed it
 * @param compared empty if the date was held back or open, so that nobody compared it
 */
public record Reconciliation(
    LocalDate date,
    String outcome,
    Optional<String> reason,
    boolean sealed,
    Optional<Compared> compared) {

  /**
   * How the date compared with its recomputation.
   *
   * @param rows of the recomputation
   * @param agreed keys whose rows were equal before anything was repaired
   * @param driftBefore all other keys, of either side
   * @param driftAfter keys whose rows were not equal in the end
   * @param drift the keys of {@code driftBefore}, by cause
   * @param conflicting event ids of which a delivery on the date differs from another
   * @param conflicts a few of these
   * @param readFrom the versions of what was read
   */
  public record Compared(
      long rows,
      long agreed,
      long driftBefore,
      long driftAfter,
      Map<String, Long> drift,
      long conflicting,
      List<Example> conflicts,
      ReadFrom readFrom) {
    public Compared {
      drift = Map.copyOf(drift);
      conflicts = List.copyOf(conflicts);
    }

    /** Keys of either side. */
    public long keys() {
      return agreed + driftBefore;
    }

    /** Keys that agreed, of all; 1 if there are none. */
    public double agreement() {
      return share(agreed, keys());
    }
  }

  /** What a recomputation read, and the view's table that it was compared with in the end. */
  public record ReadFrom(
      long events, Map<String, Long> dimensions, long table, String viewVersion) {
    public ReadFrom {
      dimensions = Map.copyOf(dimensions);
    }
  }

  /**
   * Two deliveries of one event id that are not the same fact.
   *
   * @param first topic, partition and offset of the one that landed first
   * @param other those of the other
   * @param differs the columns of the events table
   */
  public record Example(String eventId, String first, String other, List<String> differs) {
    public Example {
      differs = List.copyOf(differs);
    }

    @Override
    public String toString() {
      return "'%s': %s and %s differ in %s"
          .formatted(eventId, first, other, String.join(", ", differs));
    }
  }

  static double share(long part, long all) {
    return all == 0 ? 1 : (double) part / all;
  }
}
