package io.tidemark.ops;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a date of a view stands.
 *
 * @param sealed its last seal that counts, empty if it has none
 * @param change why it is dirty; empty if it is not
 */
public record DateState(
    LocalDate date, State state, Optional<Sealed> sealed, Optional<Change> change) {

  /** One word for it. */
  public enum State {
    /** It has events, and the stream writes it still. */
    OPEN,
    /** It is over, and was never sealed. */
    CLOSED,
    /** It is final. */
    SEALED,
    /** It was sealed, and its recomputation differs since. */
    DIRTY;

    /** As tables have it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    static State of(String text) {
      return valueOf(text.toUpperCase(Locale.ROOT));
    }
  }

  /**
   * What a seal says.
   *
   * @param rows of the view on that date
   * @param found before repair; empty if it was sealed when that was not kept
   * @param run that sealed it
   */
  public record Sealed(long rows, Optional<Seal.Found> found, Instant at, String run) {
    public static Sealed of(Seal seal) {
      return new Sealed(seal.rows(), seal.found(), seal.sealedAt(), seal.run());
    }
  }

  /**
   * What a seal did not know.
   *
   * @param reason {@code late}, {@code edited}, {@code dimension} or {@code definition}
   * @param landing of events that came later, empty if there are none that count
   * @param landedBatch the first of these batches
   */
  public record Change(String reason, Optional<String> landing, OptionalLong landedBatch) {}

  /** Of a date that is dirty since the same seal. */
  public Optional<Change> since(Sealed seal) {
    return sealed
        .filter(known -> known.at().equals(seal.at()) && known.run().equals(seal.run()))
        .flatMap(known -> change);
  }
}
