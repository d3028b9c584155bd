package io.tidemark.reconcile;

import io.tidemark.ops.Reconciliation;
import io.tidemark.output.ExitCode;
import io.tidemark.output.Json;
import io.tidemark.output.NamedCommand;
import io.tidemark.output.TextTable;
import io.tidemark.status.HeldBack;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one run of reconcile found and did.
 *
 * @param run stands in every drift row and seal that it wrote
 * @param outcomes one per view, in the pipeline's order
 */
public record ReconcileReport(String run, List<Outcome> outcomes, double seconds) {
  private static final String NOTHING = "nothing to do";

  public ReconcileReport {
    outcomes = List.copyOf(outcomes);
  }

  public int exitCode() {
    return outcomes.stream().mapToInt(Outcome::exitCode).max().orElse(ExitCode.FINE);
  }

  /** One word for all views: the worst of theirs. */
  public String outcome() {
    return outcomes.stream()
        .filter(outcome -> outcome.exitCode() == exitCode())
        .map(Outcome::word)
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** For {@code ops.runs}: a sentence per view. What was found of each date is kept elsewhere. */
  String message() {
    return outcomes.stream().map(ReconcileReport::message).collect(Collectors.joining(" "));
  }

  private static String message(Outcome outcome) {
    ViewFindings found = outcome.findings();
    if (found.dates() == 0) {
      return "%s: %s.".formatted(found.view(), found.holdsBack() ? outcome.word() : NOTHING);
    }
    return "%s: %s, %d date%s from %s to %s, %s keys differed before and %s after, %d sealed."
        .formatted(
            found.view(),
            outcome.word(),
            found.dates(),
            found.dates() == 1 ? "" : "s",
            found.from(),
            found.to(),
            count(found.driftBefore()),
            count(found.driftAfter()),
            found.sealed());
  }

  /** For machines: one object, views by name. */
  public String json() {
    return Json.write(object());
  }

  /** What {@link #json()} writes. */
  Map<String, Object> object() {
    Map<String, Object> views = new LinkedHashMap<>();
    outcomes.forEach(outcome -> views.put(outcome.findings().view(), outcome));
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("run", run);
    report.put("outcome", outcome());
    report.put("exit_code", exitCode());
    report.put("seconds", seconds);
    report.put("views", views);
    return report;
  }

  /** For people. */
  public String text() {
    TextTable table =
        new TextTable(
            "view",
            "dates",
            "from",
            "to",
            "outcome",
            "drift",
            "cause",
            "after",
            "agreed before",
            "late",
            "sealed",
            "tidemark");
    for (Outcome outcome : outcomes) {
      ViewFindings found = outcome.findings();
      table.row(
          found.view(),
          count(found.dates()),
          found.from(),
          found.to(),
          found.dates() == 0 && !found.holdsBack() ? NOTHING : outcome.word(),
          count(found.driftBefore()),
          found.causes().isEmpty() ? "-" : causes(found.causes()),
          count(found.driftAfter()),
          found.dates() == 0 ? null : Percent.of(found.agreementBefore()),
          count(found.deliveries().lateEvents()),
          count(found.sealed()),
          found.tidemark());
    }
    List<ViewFindings> findings = outcomes.stream().map(Outcome::findings).toList();
    return table + heldBack(findings) + open(findings) + conflicts(findings);
  }

  /**
   * How many ids conflict, for people: a line for those of each view, none where there are none.
   */
  public static String conflicts(List<ViewFindings> findings) {
    return findings.stream()
        .filter(found -> found.deliveries().conflicting() > 0)
        .map(
            found ->
                conflicts(
                    found.view(),
                    found.deliveries().conflicting(),
                    found.conflicts().stream().map(Conflict::example).toList()))
        .collect(Collectors.joining());
  }

  /** The same of one view. */
  public static String conflicts(String view, long ids, List<Reconciliation.Example> examples) {
    String example =
        examples.stream()
            .map(Reconciliation.Example::toString)
            .collect(Collectors.joining("; ", ". ", ""));
    return "%s: %s arrived more than once with different contents; the first to land counts%s.%n"
        .formatted(
            view,
            ids == 1 ? "1 event id" : count(ids) + " event ids",
            examples.isEmpty() ? "" : example);
  }

  /** Which dates were held back, for people: lines for those of each view. */
  public static String heldBack(List<ViewFindings> findings) {
    return findings.stream()
        .map(found -> heldBack(found.view(), found.refused(), found.waiting()))
        .collect(Collectors.joining());
  }

  /** The same of one view. */
  public static String heldBack(String view, List<HeldBack> refused, List<HeldBack> waiting) {
    return refused(view, refused) + waiting(view, waiting);
  }

  private static String refused(String view, List<HeldBack> refused) {
    return refused.isEmpty()
        ? ""
        : "%s: %s refused, so not repaired or sealed: %s.%n"
            .formatted(
                view,
                dates(refused.stream().map(HeldBack::date).toList()),
                refused.get(0).reason());
  }

  /** Without a full stop: the command is to be pasted. */
  private static String waiting(String view, List<HeldBack> waiting) {
    if (waiting.isEmpty()) {
      return "";
    }
    List<String> asks = waiting.stream().map(HeldBack::asks).distinct().toList();
    return "%s: %s waiting for a check, so not repaired or sealed: %s. Run %s%n"
        .formatted(
            view,
            dates(waiting.stream().map(HeldBack::date).toList()),
            waiting.get(0).reason(),
            NamedCommand.of("quality " + (asks.size() == 1 ? asks.get(0) : "--dirty")));
  }

  /** Which dates are open, for people: a line for those of each view, none where there are none. */
  public static String open(List<ViewFindings> findings) {
    return findings.stream()
        .filter(found -> !found.open().isEmpty())
        .map(ReconcileReport::open)
        .collect(Collectors.joining());
  }

  private static String open(ViewFindings found) {
    return "%s: %s still open, so not sealed yet.%n".formatted(found.view(), dates(found.open()));
  }

  /** Subject and verb. */
  private static String dates(List<LocalDate> dates) {
    String first = dates.get(0).toString();
    return dates.size() == 1
        ? first + " is"
        : "%s and %d later date%s are"
            .formatted(first, dates.size() - 1, dates.size() == 2 ? "" : "s");
  }

  private static String causes(Map<String, Long> causes) {
    return causes.entrySet().stream()
        .map(cause -> count(cause.getValue()) + " " + cause.getKey())
        .collect(Collectors.joining(", "));
  }

  private static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
