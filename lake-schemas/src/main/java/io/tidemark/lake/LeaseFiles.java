package io.tidemark.lake;

import io.tidemark.table.CheckpointFiles;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** The numbered files of a lease, the last of which says who has it. */
record LeaseFiles(CheckpointFiles folder) {
  private static final String RETURNED = "returned";

  /**
   * What stands in the last file.
   *
   * @param number of the file
   * @param holder empty if the lease was returned
   * @param text as it stands there
   * @param at when it was written, by the clock of the file system
   */
  record Standing(long number, Optional<LeaseHolder> holder, String text, Instant at) {}

  /** Empty if nobody has ever had it. */
  Optional<Standing> last() {
    OptionalLong number = folder.numbers("").max();
    if (number.isEmpty()) {
      return Optional.empty();
    }
    Optional<Instant> written = folder.modified(file(number.getAsLong()));
    // Deleted since by whoever has taken the next one.
    return written.isEmpty() ? last() : Optional.of(standing(number.getAsLong(), written.get()));
  }

  private Standing standing(long number, Instant at) {
    String text = text(number);
    return new Standing(
        number,
        text.equals(RETURNED) ? Optional.empty() : Optional.of(LeaseHolder.parse(text)),
        text,
        at);
  }

  /** A part of it, or nothing, while it is written; nothing, too, once it is deleted. */
  private String text(long number) {
    try {
      return folder.text(file(number));
    } catch (UncheckedIOException beingWritten) {
      return "";
    }
  }

  boolean isLast(long number) {
    OptionalLong last = folder.numbers("").max();
    return last.isPresent() && last.getAsLong() == number;
  }

  /**
   * Makes the file of a number.
   *
   * @return false if another process has made it
   */
  boolean create(long number, LeaseHolder holder) {
    String text = holder.text();
    boolean created;
    try {
      created = folder.create(file(number), text);
    } catch (UncheckedIOException e) {
      // A full disk may leave an empty file behind, which would be taken for the beginning of one.
      deleteIfEmpty(number, e);
      throw e;
    }
    // An object store may have done what was asked, lost the answer, and been asked again.
    if (!created && !text(number).equals(text)) {
      return false;
    }
    folder.numbers("").filter(before -> before < number).forEach(this::delete);
    return isLast(number);
  }

  private void deleteIfEmpty(long number, UncheckedIOException failure) {
    try {
      if (folder.has(file(number)) && folder.text(file(number)).isEmpty()) {
        delete(number);
      }
    } catch (UncheckedIOException e) {
      failure.addSuppressed(e);
    }
  }

  void sign(long number, LeaseHolder holder) {
    folder.write(file(number), holder.text());
  }

  void giveBack(long number) {
    folder.write(file(number), RETURNED);
  }

  private void delete(long number) {
    folder.delete(file(number));
  }

  private static String file(long number) {
    return Long.toString(number);
  }
}
