package io.tidemark.status;

import static java.util.Comparator.comparing;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.QualityResults;
import io.tidemark.ops.QualityResults.Answer;
import io.tidemark.ops.QualityResults.Asked;
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
import java.util.function.Predicate;
import org.apache.spark.sql.SparkSession;

/**
 * Which dates the checks of quality hold back that are gates. A check that was not asked, or of
 * other rows than are there now, holds back like one that has failed.
 *
 * @param checks that are gates
 * @param answers the last one to each of them
 * @param versions of the dimensions now, by their full names
 */
public record Gates(
    List<QualityCheck> checks, Map<Asked, Answer> answers, Map<String, Long> versions) {
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
    return new Gates(tables.gates(), results.gates(spark, tables.pipeline().name()), versions);
  }

  /**
   * Why a date is held back.
   *
   * @param isFailure whether a check has been asked of what is there, and has not passed
   */
  private record Reason(String text, boolean isFailure) {}

  /** Why each of these dates is held back; those that are not are absent. */
  public SortedMap<LocalDate, String> refusals(
      ViewTables view, Standing standing, Collection<LocalDate> dates) {
    return reasons(view, standing, dates, reason -> true);
  }

  /** The same of dates that have failed a check; those that wait for one are absent, too. */
  public SortedMap<LocalDate, String> failures(
      ViewTables view, Standing standing, Collection<LocalDate> dates) {
    return reasons(view, standing, dates, Reason::isFailure);
  }

  private SortedMap<LocalDate, String> reasons(
      ViewTables view, Standing standing, Collection<LocalDate> dates, Predicate<Reason> counts) {
    SortedMap<LocalDate, String> reasons = new TreeMap<>();
    for (LocalDate date : checks.isEmpty() ? List.<LocalDate>of() : dates) {
      List<String> ofDate =
          checks.stream()
              .flatMap(check -> reason(check, view, standing, date).filter(counts).stream())
              .map(Reason::text)
              .toList();
      if (!ofDate.isEmpty()) {
        int more = ofDate.size() - 1;
        reasons.put(date, ofDate.get(0) + (more == 0 ? "" : " (and %d more)".formatted(more)));
      }
    }
    return reasons;
  }

  private Optional<Reason> reason(
      QualityCheck check, ViewTables view, Standing standing, LocalDate date) {
    if (check.table().equals(view.events().name())) {
      return date.datesUntil(standing.window().lastEventDateOf(date).plusDays(1))
          .map(of -> ofEvents(check, view, standing, of))
          .flatMap(Optional::stream)
          .min(comparing(reason -> !reason.isFailure()));
    }
    boolean isRead =
        view.dimensions().values().stream()
            .anyMatch(dimension -> dimension.name().equals(check.table()));
    return isRead ? ofDimension(check, view, standing) : Optional.empty();
  }

  private Optional<Reason> ofEvents(
      QualityCheck check, ViewTables view, Standing standing, LocalDate date) {
    EventsBasis events = standing.basis().events();
    Answer answer = answers.get(new Asked(check.table(), check.name(), date));
    if (answer == null) {
      return Optional.of(unknown(check, date, "was not asked"));
    }
    long rows = events.byDate().getOrDefault(date, 0L);
    if (answer.tableRows().orElse(-1) != rows) {
      return Optional.of(
          unknown(
              check,
              date,
              "was asked of %d events, and there are %d"
                  .formatted(answer.tableRows().orElse(-1), rows)));
    }
    if (events.edits().any(date, date, answer.editsThrough())) {
      return Optional.of(unknown(check, date, "was asked before the events were edited"));
    }
    return ofAnswer(check, view, standing, date, answer);
  }

  private Optional<Reason> ofDimension(QualityCheck check, ViewTables view, Standing standing) {
    Answer answer = answers.get(new Asked(check.table(), check.name(), null));
    if (answer == null) {
      return Optional.of(unknown(check, null, "was not asked"));
    }
    if (!isVersion(answer.tableVersion(), check.table(), view, standing)) {
      return Optional.of(unknown(check, null, "was asked before the table changed"));
    }
    return ofAnswer(check, view, standing, null, answer);
  }

  private Optional<Reason> ofAnswer(
      QualityCheck check, ViewTables view, Standing standing, LocalDate date, Answer answer) {
    if (!answer.definition().equals(check.definition())) {
      return Optional.of(unknown(check, date, "was asked as it was defined before"));
    }
    String references = check.rule().references();
    if (!references.isEmpty()
        && !isVersion(answer.referencedVersion(), references, view, standing)) {
      return Optional.of(unknown(check, date, "was asked before %s changed".formatted(references)));
    }
    return answer.isPassed()
        ? Optional.empty()
        : Optional.of(new Reason("%s %s".formatted(named(check, date), answer.found()), true));
  }

  /** Of a dimension that the view reads, the version that would be sealed. */
  private boolean isVersion(OptionalLong asked, String table, ViewTables view, Standing standing) {
    Long version =
        view.dimensions().entrySet().stream()
            .filter(dimension -> dimension.getValue().name().equals(table))
            .map(dimension -> standing.basis().dimensionVersions().get(dimension.getKey()))
            .filter(Objects::nonNull)
            .findAny()
            .orElse(versions.get(table));
    return version != null && asked.isPresent() && asked.getAsLong() == version;
  }

  private static Reason unknown(QualityCheck check, LocalDate date, String why) {
    return new Reason(
        "%s %s. Run ./tidemark quality --table %s%s"
            .formatted(
                named(check, date), why, check.table(), date == null ? "" : " --date " + date),
        false);
  }

  private static String named(QualityCheck check, LocalDate date) {
    return "check '%s' of %s%s"
        .formatted(check.name(), check.table(), date == null ? "" : " on " + date);
  }
}
