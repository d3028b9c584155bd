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
 * @param change why it is dirty or refused; empty if it is neither
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
    DIRTY,
    /** It is over, and has failed a check of quality that holds it back. */
    REFUSED;

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
   * @param reason {@code late}, {@code replayed}, {@code edited}, {@code erased}, {@code dimension}
   *     or {@code definition}; of a refused date, which check holds it back
   * @param landing of events that came later, empty if there are none that count
   * @param landedBatch the number of the first of these landings
   */
  public record Change(String reason, Optional<String> landing, OptionalLong landedBatch) {}

  /** Of a date that is dirty since the same seal. */
  public Optional<Change> since(Sealed seal) {
    return Optional.of(this)
        .filter(known -> known.state() == State.DIRTY)
        .flatMap(DateState::sealed)
        .filter(known -> known.at().equals(seal.at()) && known.run().equals(seal.run()))
        .flatMap(known -> change);
  }
}
