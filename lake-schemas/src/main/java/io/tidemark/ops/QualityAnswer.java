package io.tidemark.ops;

import static java.util.Comparator.comparing;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * What a check of quality has found, and in what. Names nothing of Spark: the program that asks and
 * the one that seals run on two of them, and judge by this alone whether an answer still holds.
 *
 * @param found in words, empty if it passed
 * @param definition of the check as it was asked
 * @param tableRows all there were on the date
 * @param tableVersion of a whole table
 * @param contents a name of what was in the files
 * @param editsThrough the last look for edits before it was asked
 * @param compared a name of what was on the earlier dates that an anomaly is compared with; null
 *     for any other check
 * @param at when, by the clock of whoever asked
 */
public record QualityAnswer(
    Outcome outcome,
    String found,
    String definition,
    OptionalLong tableRows,
    OptionalLong tableVersion,
    OptionalLong referencedVersion,
    String contents,
    OptionalLong editsThrough,
    String compared,
    Instant at) {

  /**
   * Columns of {@code ops.quality} that tell answers apart; {@code version} is that of a whole
   * table, since a date is told from what it was by its rows.
   */
  public static final List<String> TOLD_APART_BY =
      List.of(
          "table_name",
          "check_name",
          "date",
          "outcome",
          "definition",
          "table_rows",
          "version",
          "referenced_version",
          "contents",
          "compared");

  /** An error is that of a check that could not be computed. */
  public enum Outcome {
    PASSED,
    FAILED,
    ERROR
  }

  /**
   * Which check of which rows.
   *
   * @param date null for a whole table
   */
  public record Asked(String table, String check, LocalDate date) {}

  /**
   * What is there now, as far as somebody knows.
   *
   * @param date null for a whole table
   * @param rows of the date; empty if they were not counted
   * @param files what is in the files of the date
   * @param version of a whole table
   * @param isReference whether the check compares with another table
   * @param referencedVersion of that table
   * @param compared a name of what is on the earlier dates that an anomaly is compared with; empty
   *     for any other check
   */
  public record Present(
      String definition,
      LocalDate date,
      OptionalLong rows,
      Files files,
      EditedDates edits,
      OptionalLong version,
      boolean isReference,
      OptionalLong referencedVersion,
      Supplier<Optional<String>> compared) {}

  /**
   * What is in the files. The same files are the same rows, whoever has edited them; other files
   * may be the same rows too, after a compaction.
   *
   * @param contents asked only where it matters; empty if nobody can say
   * @param isDecisive whether an answer about other files does not hold
   */
  public record Files(Supplier<Optional<String>> contents, boolean isDecisive) {
    /** Where nobody has looked. */
    public static final Files UNKNOWN = new Files(Optional::empty, false);

    private boolean are(String name) {
      return contents.get().filter(present -> present.equals(name)).isPresent();
    }
  }

  /** What has changed since an answer was given. */
  public enum Change {
    DEFINITION,
    ROWS,
    EDITS,
    TABLE,
    REFERENCE,
    EARLIER_DATES
  }

  /**
   * The answer that holds, the last of several; the last one of all if none does. So one that was
   * dated ahead by a wrong clock does not hide a later one.
   */
  public static Optional<QualityAnswer> best(Collection<QualityAnswer> answers, Present now) {
    return answers.stream()
        .filter(answer -> answer.holds(now))
        .max(comparing(QualityAnswer::at))
        .or(() -> answers.stream().max(comparing(QualityAnswer::at)));
  }

  /** Whether it needs not be asked again. What could not be computed may be the next time. */
  public boolean holds(Present now) {
    return outcome != Outcome.ERROR && change(now).isEmpty();
  }

  /** Why it is about something else than what is there now; empty if it is not. */
  public Optional<Change> change(Present now) {
    if (!definition.equals(now.definition())) {
      return Optional.of(Change.DEFINITION);
    }
    if (now.rows().isPresent() && !now.rows().equals(tableRows)) {
      return Optional.of(Change.ROWS);
    }
    if (now.date() != null
        && now.edits().any(now.date(), now.date(), editsThrough)
        && !now.files().are(contents)) {
      return Optional.of(Change.EDITS);
    }
    if (now.files().isDecisive() && !now.files().are(contents)
        || now.date() == null && !isVersion(tableVersion, now.version())) {
      return Optional.of(Change.TABLE);
    }
    if (now.isReference() && !isVersion(referencedVersion, now.referencedVersion())) {
      return Optional.of(Change.REFERENCE);
    }
    return now.compared().get().filter(present -> !present.equals(compared)).isPresent()
        ? Optional.of(Change.EARLIER_DATES)
        : Optional.empty();
  }

  private static boolean isVersion(OptionalLong asked, OptionalLong now) {
    return now.isPresent() && now.equals(asked);
  }
}
