package io.tidemark.status;

import static java.util.Comparator.comparing;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.EditedDates;
import io.tidemark.ops.QualityAnswer;
import io.tidemark.ops.QualityAnswer.Asked;
import io.tidemark.ops.QualityAnswer.Files;
import io.tidemark.ops.QualityAnswer.Outcome;
import io.tidemark.ops.QualityAnswer.Present;
import io.tidemark.ops.QualityResults;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.table.LakeTable;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;

/**
 * Which dates the checks of quality hold back that are gates. A check that was not asked, or of
 * other rows than are there now, holds back like one that has failed.
 *
 * @param checks that are gates
 * @param answers to each of them
 * @param versions of the dimensions now, by their full names
 */
public record Gates(
    List<QualityCheck> checks,
    Map<Asked, List<QualityAnswer>> answers,
    Map<String, Long> versions) {
  public Gates {
    checks = List.copyOf(checks);
  }

  /** As they stand now; reads nothing if there are none. */
  public static Gates of(SparkSession spark, PipelineTables tables) {
    if (tables.gates().isEmpty()) {
      return new Gates(List.of(), Map.of(), Map.of());
    }
    Map<String, Long> versions = new HashMap<>();
    for (LakeTable dimension : tables.dimensions().values()) {
      versions.put(dimension.name(), dimension.version());
    }
    QualityResults results = tables.operations().quality();
    return new Gates(
        tables.gates(), results.answers(spark, tables.pipeline().name(), tables.gates()), versions);
  }

  /** What the gates are called. */
  public static List<String> names(PipelineTables tables) {
    return tables.gates().stream().map(gate -> named(gate, null)).sorted().toList();
  }

  /**
   * Why a date is held back.
   *
   * @param asks the options of {@code quality} that ask the check; null if it has been asked of
   *     what is there, and has not passed
   */
  private record Reason(String text, String asks) {
    boolean isFailure() {
      return asks == null;
    }
  }

  /** Those of these dates that are held back. */
  public SortedMap<LocalDate, HeldBack> heldBack(
      ViewTables view, ViewFinality finality, Collection<LocalDate> dates) {
    SortedMap<LocalDate, HeldBack> heldBack = new TreeMap<>();
    reasons(view, finality, dates).forEach((date, all) -> heldBack.put(date, heldBack(date, all)));
    return heldBack;
  }

  /** A failure comes first: what else it waits for would not let it pass. */
  private static HeldBack heldBack(LocalDate date, List<Reason> reasons) {
    List<Reason> failures = reasons.stream().filter(Reason::isFailure).toList();
    List<String> asks = reasons.stream().map(Reason::asks).distinct().toList();
    return failures.isEmpty()
        ? new HeldBack(date, text(reasons), false, asks.size() == 1 ? asks.get(0) : "--dirty")
        : new HeldBack(date, text(failures), true, null);
  }

  /** Why each of these dates has failed a check; the others are absent. */
  public SortedMap<LocalDate, String> failures(
      ViewTables view, ViewFinality finality, Collection<LocalDate> dates) {
    SortedMap<LocalDate, String> failures = new TreeMap<>();
    heldBack(view, finality, dates)
        .forEach(
            (date, heldBack) -> {
              if (heldBack.failed()) {
                failures.put(date, heldBack.reason());
              }
            });
    return failures;
  }

  private static String text(List<Reason> reasons) {
    int more = reasons.size() - 1;
    return reasons.get(0).text() + (more == 0 ? "" : " (and %d more)".formatted(more));
  }

  private SortedMap<LocalDate, List<Reason>> reasons(
      ViewTables view, ViewFinality finality, Collection<LocalDate> dates) {
    SortedMap<LocalDate, List<Reason>> reasons = new TreeMap<>();
    FilesByDate contents = new FilesByDate(view.events(), finality.inputs().events().version());
    for (LocalDate date : checks.isEmpty() ? List.<LocalDate>of() : dates) {
      List<Reason> ofDate =
          checks.stream()
              .flatMap(check -> reason(check, view, finality, contents, date).stream())
              .toList();
      if (!ofDate.isEmpty()) {
        reasons.put(date, ofDate);
      }
    }
    return reasons;
  }

  private Optional<Reason> reason(
      QualityCheck check,
      ViewTables view,
      ViewFinality finality,
      FilesByDate contents,
      LocalDate date) {
    if (check.table().equals(view.events().name())) {
      return date.datesUntil(finality.window().lastEventDateOf(date).plusDays(1))
          // No event is older, and nobody asks.
          .filter(of -> !of.isBefore(finality.historyFrom()))
          .map(of -> ofEvents(check, view, finality, contents, of))
          .flatMap(Optional::stream)
          .min(comparing(reason -> !reason.isFailure()));
    }
    boolean isRead =
        view.dimensions().values().stream()
            .anyMatch(dimension -> dimension.name().equals(check.table()));
    return isRead ? ofDimension(check, view, finality) : Optional.empty();
  }

  private Optional<Reason> ofEvents(
      QualityCheck check,
      ViewTables view,
      ViewFinality finality,
      FilesByDate contents,
      LocalDate date) {
    EventsSnapshot events = finality.inputs().events();
    return reason(
        check,
        new Present(
            check.definition(),
            date,
            OptionalLong.of(events.byDate().getOrDefault(date, 0L)),
            new Files(() -> contents.of(date), false),
            events.edits(),
            OptionalLong.empty(),
            isReference(check),
            version(check.rule().references(), view, finality),
            () -> check.anomaly().map(anomaly -> anomaly.compared(date, contents.all()))));
  }

  private Optional<Reason> ofDimension(QualityCheck check, ViewTables view, ViewFinality finality) {
    return reason(
        check,
        new Present(
            check.definition(),
            null,
            OptionalLong.empty(),
            Files.UNKNOWN,
            EditedDates.NONE,
            version(check.table(), view, finality),
            isReference(check),
            version(check.rule().references(), view, finality),
            Optional::empty));
  }

  private static boolean isReference(QualityCheck check) {
    return !check.rule().references().isEmpty();
  }

  private Optional<Reason> reason(QualityCheck check, Present now) {
    Optional<QualityAnswer> best =
        QualityAnswer.best(
            answers.getOrDefault(new Asked(check.table(), check.name(), now.date()), List.of()),
            now);
    if (best.isEmpty()) {
      return Optional.of(unknown(check, now.date(), "has not run"));
    }
    QualityAnswer answer = best.get();
    if (answer.outcome() == Outcome.PASSED && answer.holds(now)) {
      return Optional.empty();
    }
    boolean isError =
        answer.outcome() == Outcome.ERROR && answer.definition().equals(now.definition());
    return answer.change(now).isEmpty() || isError
        // What could not be computed says so, of whatever rows: nothing else explains the night.
        ? Optional.of(new Reason("%s %s".formatted(named(check, now.date()), answer.found()), null))
        : Optional.of(unknown(check, now.date(), why(check, answer, now)));
  }

  private static String why(QualityCheck check, QualityAnswer answer, Present now) {
    return switch (answer.change(now).orElseThrow()) {
      case DEFINITION -> "ran with an older definition";
      case ROWS ->
          "ran on %s events, and there are %d now"
              .formatted(
                  answer.tableRows().isPresent() ? answer.tableRows().getAsLong() : "other",
                  now.rows().getAsLong());
      case EDITS -> "ran before the events were edited";
      case TABLE -> "ran before the table changed";
      case EARLIER_DATES -> "was compared with earlier dates that have changed since";
      case REFERENCE -> "ran before %s changed".formatted(check.rule().references());
    };
  }

  /** Of a dimension that the view reads, the version that would be sealed. */
  private OptionalLong version(String table, ViewTables view, ViewFinality finality) {
    Long version =
        view.dimensions().entrySet().stream()
            .filter(dimension -> dimension.getValue().name().equals(table))
            .map(dimension -> finality.inputs().dimensionVersions().get(dimension.getKey()))
            .filter(Objects::nonNull)
            .findAny()
            .orElse(versions.get(table));
    return version == null ? OptionalLong.empty() : OptionalLong.of(version);
  }

  private static Reason unknown(QualityCheck check, LocalDate date, String why) {
    return new Reason(
        "%s %s".formatted(named(check, date), why),
        "--table %s%s".formatted(check.table(), date == null ? "" : " --date " + date));
  }

  private static String named(QualityCheck check, LocalDate date) {
    return "check '%s' of %s%s"
        .formatted(check.name(), check.table(), date == null ? "" : " on " + date);
  }
}
