package io.tidemark.table;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One thing to do for a table.
 *
 * @param date that it is done for, if not for all of the table
 * @param reason what makes it worth doing, for a person
 * @param work does it; what it throws has changed nothing, or leaves what the next run does
 */
public record UpkeepTask(
    Kind kind, Optional<LocalDate> date, String reason, Supplier<Result> work) {

  /** What is done. */
  public enum Kind {
    /** Writes many small files of a date as a few large ones. */
    COMPACT,
    /** Writes many small manifests of an Iceberg table as a few large ones. */
    REWRITE_MANIFESTS,
    /** Forgets old versions of an Iceberg table, and deletes the files that only they have. */
    EXPIRE_SNAPSHOTS,
    /** Deletes the files of a Delta table that were replaced long ago. */
    DELETE_REPLACED,
    /** Deletes old commits from the log of a Delta table. */
    CLEAN_LOG,
    /** Deletes files that no version of the table has: those of writers that were killed. */
    DELETE_ORPHANS,
    /** Deletes checkpoints that a view's stream left behind when it started over. */
    DELETE_CHECKPOINTS;

    /** As {@code ops.maintenance} has it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** A time in a reason, as people read it: to the second. */
  public static Instant seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS);
  }

  /** Others may write to the same files; their work goes first, and the next run tries again. */
  public static Result unlessOvertaken(
      long files, Supplier<Result> work, Predicate<Throwable> conflict) {
    try {
      return work.get();
    } catch (Exception e) { // Scala throws checked ones too.
      if (!Conflicts.causedBy(e, conflict)) {
        throw e;
      }
      return new Result(
          files,
          files,
          Optional.of("Skipped: another writer changed these files in the meantime."));
    }
  }

  /**
   * What came of it.
   *
   * @param before how many of what there are to be fewer: files, snapshots, commits
   * @param after the same afterwards
   * @param message for a person, if there is more to say
   */
  public record Result(long before, long after, Optional<String> message) {
    /** Nothing could be done for sure. */
    public static final Result NONE = new Result(0, 0, Optional.empty());

    public static Result of(long before, long after) {
      return new Result(before, after, Optional.empty());
    }
  }
}
