package io.tidemark.lake;

import io.tidemark.table.CheckpointFiles;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Lets one process at a time do something. Leases are numbered files: whoever makes the next one
 * has it, and whoever had one before does not, so a process that was taken for dead finds out. One
 * that was killed gives no sign of life, and is passed over after a minute.
 */
public final class Lease implements AutoCloseable {
  /** Many times as long as between two signs of life. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  private static final String RETURNED = "returned";

  private final CheckpointFiles folder;
  private final long number;
  private final SignOfLife alive;

  private Lease(CheckpointFiles folder, long number, String holder) {
    this.folder = folder;
    this.number = number;
    this.alive = new SignOfLife(folder, Long.toString(number), holder);
  }

  /**
   * Takes it, if nobody who is alive has it.
   *
   * @param folder of this lease alone
   * @param holder who takes it, for a person
   */
  public static Optional<Lease> take(CheckpointFiles folder, String holder) {
    OptionalLong last = last(folder);
    if (last.isPresent() && holder(folder, last.getAsLong()).isPresent()) {
      return Optional.empty();
    }
    long next = last.orElse(0) + 1;
    if (!folder.create(Long.toString(next), holder)) {
      return Optional.empty();
    }
    folder
        .numbers("")
        .filter(number -> number < next)
        .forEach(before -> folder.delete("" + before));
    Lease lease = new Lease(folder, next, holder);
    if (!lease.isHeld()) {
      lease.close();
      return Optional.empty();
    }
    return Optional.of(lease);
  }

  /** Who has it and is alive. */
  public static Optional<String> holder(CheckpointFiles folder) {
    OptionalLong last = last(folder);
    return last.isPresent() ? holder(folder, last.getAsLong()) : Optional.empty();
  }

  private static Optional<String> holder(CheckpointFiles folder, long number) {
    String file = Long.toString(number);
    Optional<Instant> sign = folder.modified(file);
    if (sign.isEmpty() || sign.get().plus(PATIENCE).isBefore(folder.now())) {
      return Optional.empty();
    }
    try {
      // A part of the text is a sign of life as well.
      String text = folder.text(file);
      return text.equals(RETURNED) ? Optional.empty() : Optional.of(text);
    } catch (UncheckedIOException beingWritten) {
      // Or it was deleted since by whoever has taken the next one.
      return Optional.of("not known yet");
    }
  }

  private static OptionalLong last(CheckpointFiles folder) {
    return folder.numbers("").max();
  }

  /** Whether nobody has taken it since: this process may have been asleep. */
  public boolean isHeld() {
    OptionalLong last = last(folder);
    return last.isPresent() && last.getAsLong() == number;
  }

  @Override
  public void close() {
    alive.close();
    if (isHeld()) {
      folder.write(Long.toString(number), RETURNED);
    }
  }
}
