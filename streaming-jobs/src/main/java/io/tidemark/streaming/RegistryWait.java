package io.tidemark.streaming;

import io.tidemark.schema.RegistryUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a landing waits for a registry that is away: ever more patiently, and not in silence. */
final class RegistryWait {
  /** How often a landing of what is there now is tried in all. */
  static final int TRIES = 3;

  private static final Logger LOG = LoggerFactory.getLogger(RegistryWait.class);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final String query;
  private final Duration first;
  private Instant since;
  private int tries;
  private long next;

  /**
   * @param query that waits
   * @param first pause, doubled from one to the next up to five minutes
   */
  RegistryWait(String query, Duration first) {
    this.query = query;
    this.first = first;
  }

  /** What says that the registry is away, if that is why a query has failed. */
  static Optional<RegistryUnavailableException> away(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RegistryUnavailableException away) {
        return Optional.of(away);
      }
    }
    return Optional.empty();
  }

  /**
   * Begins the next pause.
   *
   * @param landed whether something has landed since the last one
   */
  void begin(RegistryUnavailableException away, boolean landed) {
    if (since == null || landed) {
      since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      tries = 0;
    }
    Duration longer = first.multipliedBy(1L << Math.min(tries, 20));
    Duration pause = longer.compareTo(LONGEST) < 0 ? longer : LONGEST;
    tries++;
    next = System.nanoTime() + pause.toNanos();
    LOG.warn(
        "{} has been waiting for the schema registry since {}; next try in {} s (tries so far: {}). {}",
        query,
        since,
        pause.toSeconds(),
        tries,
        away.getMessage());
  }

  /** Whether the landing has waited as often as one does that has to end. */
  boolean isOver() {
    return tries >= TRIES;
  }

  /** What to say then. */
  IllegalStateException refusal(RegistryUnavailableException away) {
    return new IllegalStateException(
        "Cannot land: %s was tried %d times since %s, and its batch has not landed. %s"
            .formatted(query, tries, since, away.getMessage()),
        away);
  }

  /** Waits a moment, or until the pause is over; whether it is. */
  boolean await(Duration moment) {
    long end = System.nanoTime() + moment.toNanos();
    for (long left = left(end); left > 0; left = left(end)) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return next - System.nanoTime() <= 0;
  }

  private long left(long end) {
    return Math.min(end, next) - System.nanoTime();
  }

  /** Waits until the pause is over. */
  void await() {
    await(LONGEST);
  }
}
