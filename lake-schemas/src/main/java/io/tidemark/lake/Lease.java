package io.tidemark.lake;

import io.tidemark.table.CheckpointFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Lets one process at a time do something. Leases are numbered files: whoever makes the next one
 * has it, and whoever had one before does not, so a process that was taken for dead finds out. One
 * that was killed on this machine is passed over at once; one elsewhere gives no sign of life, and
 * is passed over after a while.
 */
public final class Lease implements AutoCloseable {
  /** For {@link #take}, by the clocks of two machines: many times as long as between two signs. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** For {@link #await}, by one clock. */
  static final Duration SILENCE = Duration.ofSeconds(30);

  /** No two clocks are so far apart that a sign of life of this age is one of a living process. */
  private static final Duration LONG_AGO = Duration.ofMinutes(10);

  private static final Duration RECENT = SILENCE.dividedBy(2);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(500);

  private final LeaseFiles files;
  private final long number;
  private final LeaseHolder holder;
  private final SignOfLife alive;
  private volatile Seen seen = Seen.now();
  private volatile boolean isLost;

  /**
   * When this process last knew that it had the lease. While a machine sleeps, one of its clocks
   * may stand still.
   */
  private record Seen(Instant at, long nanos) {
    static Seen now() {
      return new Seen(Instant.now(), System.nanoTime());
    }

    boolean isRecent() {
      return Duration.between(at, Instant.now()).abs().compareTo(RECENT) < 0
          && System.nanoTime() - nanos < RECENT.toNanos();
    }
  }

  private Lease(LeaseFiles files, long number, LeaseHolder holder) {
    this.files = files;
    this.number = number;
    this.holder = holder;
    this.alive = new SignOfLife(files.folder().path(Long.toString(number)).toString(), this::sign);
  }

  /**
   * Takes it, if nobody who is alive has it.
   *
   * @param folder of this lease alone
   * @param what the process does that takes it, for a person
   */
  public static Optional<Lease> take(CheckpointFiles folder, String what) {
    LeaseFiles files = new LeaseFiles(folder);
    Optional<LeaseFiles.Standing> last = files.last();
    return last.filter(standing -> isHeld(files, standing, PATIENCE)).isPresent()
        ? Optional.empty()
        : next(files, last, LeaseHolder.thisProcess(what));
  }

  /**
   * Takes it. If a process elsewhere has it, waits for its next sign of life, up to half a minute.
   * It does not matter how far the clocks of the two machines are apart.
   *
   * @param waiting is told for whom, before the wait
   * @throws LeaseHeldException if another process has it and is alive
   */
  public static Lease await(CheckpointFiles folder, String what, Consumer<String> waiting) {
    return await(folder, what, SILENCE, waiting);
  }

  static Lease await(
      CheckpointFiles folder, String what, Duration silence, Consumer<String> waiting) {
    LeaseFiles files = new LeaseFiles(folder);
    LeaseHolder self = LeaseHolder.thisProcess(what);
    while (true) {
      Optional<LeaseFiles.Standing> last = files.last();
      if (last.filter(standing -> isHeld(files, standing, LONG_AGO)).isPresent()) {
        LeaseHolder other = last.get().holder().orElseThrow();
        if (other.isHere() && isHeld(files, last.get(), RECENT)) {
          throw new LeaseHeldException(other);
        }
        waiting.accept(other.toString());
        if (!isSilent(files, last.get(), silence)) {
          continue;
        }
      }
      Optional<Lease> taken = next(files, last, self);
      if (taken.isPresent()) {
        return taken.get();
      }
      if (files.last().equals(last)) {
        throw new IllegalStateException(
            "Cannot take the lease in %s: no file can be made there".formatted(folder.root()));
      }
    }
  }

  /**
   * Waits for a sign of life.
   *
   * @return true if there was none, false if the lease was returned or passed on
   * @throws LeaseHeldException if there was one
   */
  private static boolean isSilent(LeaseFiles files, LeaseFiles.Standing before, Duration silence) {
    long begin = System.nanoTime();
    do {
      LockSupport.parkNanos(PAUSE);
      if (Thread.currentThread().isInterrupted()) {
        throw new LeaseHeldException(before.holder().orElseThrow());
      }
      Optional<LeaseFiles.Standing> now = files.last();
      if (now.isEmpty() || now.get().holder().isEmpty() || now.get().number() != before.number()) {
        return false;
      }
      if (!now.equals(Optional.of(before)) && !now.get().text().isEmpty()) {
        throw new LeaseHeldException(now.get().holder().get());
      }
      // After the look: this process may sleep, too.
    } while (System.nanoTime() - begin < silence.toNanos());
    return true;
  }

  private static Optional<Lease> next(
      LeaseFiles files, Optional<LeaseFiles.Standing> last, LeaseHolder holder) {
    long next = last.map(LeaseFiles.Standing::number).orElse(0L) + 1;
    return files.create(next, holder)
        ? Optional.of(new Lease(files, next, holder))
        : Optional.empty();
  }

  /** Who has it and is alive. */
  public static Optional<String> holder(CheckpointFiles folder) {
    LeaseFiles files = new LeaseFiles(folder);
    return files
        .last()
        .filter(standing -> isHeld(files, standing, PATIENCE))
        .flatMap(LeaseFiles.Standing::holder)
        .map(LeaseHolder::toString);
  }

  private static boolean isHeld(LeaseFiles files, LeaseFiles.Standing standing, Duration patience) {
    return standing.holder().isPresent()
        && !standing.holder().get().isGone()
        && !standing.at().plus(patience).isBefore(files.folder().now());
  }

  private void sign() {
    Seen now = Seen.now();
    if (isHeld()) {
      files.sign(number, holder);
      seen = now;
    } else {
      isLost = true;
    }
  }

  /** Whether nobody has taken it since: this process may have been asleep. */
  public boolean isHeld() {
    return !isLost && files.isLast(number);
  }

  /**
   * The same, without a look at the files where the last one was so short ago that nobody can have
   * passed this process over.
   */
  public boolean isStillHeld() {
    return !isLost && (seen.isRecent() || isHeld());
  }

  @Override
  public void close() {
    alive.close();
    if (isHeld()) {
      files.giveBack(number);
    }
  }
}
