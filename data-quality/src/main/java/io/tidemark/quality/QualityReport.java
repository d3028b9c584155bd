package io.tidemark.quality;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tidemark.output.ExitCode;
import io.tidemark.output.TextTable;
import io.tidemark.pipeline.QualityCheck;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run of {@code quality} found.
 *
 * @param tables in the order of the file
 */
record QualityReport(String run, Instant at, List<TableInspection> tables) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  QualityReport {
    tables = List.copyOf(tables);
  }

  List<Result> results() {
    return tables.stream().flatMap(table -> table.results().stream()).toList();
  }

  /**
   * What failed before and was not asked again, since nothing has changed, is only named, or a data
   * set with one bad date would fail every night. A gate that has failed still holds back.
   */
  int exitCode() {
    return refused() > 0
            || tables.stream()
                .anyMatch(table -> table.failing().keySet().stream().anyMatch(QualityCheck::gate))
        ? ExitCode.QUALITY_REFUSED
        : ExitCode.FINE;
  }

  /** How many results of this run are of level error and did not pass. */
  private long refused() {
    return results().stream().filter(Result::isRefusal).count();
  }

  /** One word. */
  String outcome() {
    if (exitCode() != ExitCode.FINE) {
      return "refused";
    }
    return results().stream().allMatch(result -> result.outcome() == Result.Outcome.PASSED)
            && tables.stream().allMatch(table -> table.failing().isEmpty())
        ? "passed"
        : "warned";
  }

  /** How many checks came out how, for {@code ops.runs}. */
  String message() {
    Map<String, Long> counts = new LinkedHashMap<>();
    for (Result.Outcome outcome : Result.Outcome.values()) {
      counts.put(
          outcome.text(), results().stream().filter(result -> result.outcome() == outcome).count());
    }
    return written(new ObjectMapper(), counts);
  }

  /** For people. */
  String text() {
    TextTable table =
        new TextTable(
            "table",
            "check",
            "level",
            "outcome",
            "dates",
            "failed",
            "rows",
            "failing",
            "worst",
            "on",
            "accepted");
    StringBuilder below = new StringBuilder();
    for (TableInspection inspection : tables) {
      for (CheckSummary summary : summaries(inspection)) {
        QualityCheck check = summary.check();
        Result worst = summary.worst().orElse(null);
        boolean isDated = summary.results().stream().anyMatch(result -> result.date() != null);
        table.row(
            inspection.table(),
            check.name(),
            check.gate() ? check.level().text() + ", gate" : check.level().text(),
            summary.outcome().text(),
            isDated ? Figures.count(summary.results().size()) : null,
            isDated ? Figures.count(summary.failed()) : null,
            Figures.count(summary.rows()),
            summary.failing().map(Figures::count).orElse(null),
            worst == null ? null : Figures.of(worst.value().getAsDouble()),
            worst == null ? null : worst.date(),
            check.expected());
        summary
            .told()
            .ifPresent(
                told ->
                    below.append(
                        "%s, %s%s: %s%n"
                            .formatted(
                                inspection.table(),
                                check.name(),
                                told.date() == null ? "" : ", " + told.date(),
                                told.message().orElseThrow())));
      }
      if (inspection.undated() > 0) {
        below.append(
            "%s: %s rows have no date, and are in none of its results by date. A check with 'per: table' sees them.%n"
                .formatted(inspection.table(), Figures.count(inspection.undated())));
      }
      if (inspection.upToDate() > 0) {
        below.append(
            "%s: %s results are still up to date, so their checks did not run again.%n"
                .formatted(inspection.table(), Figures.count(inspection.upToDate())));
      }
      inspection
          .failing()
          .forEach(
              (check, results) ->
                  below.append(
                      "%s, %s: still fails, in %s results of earlier runs.%n"
                          .formatted(inspection.table(), check.name(), Figures.count(results))));
      inspection
          .offending()
          .forEach(
              (check, rows) -> {
                below.append("%n%s, %s:%n".formatted(inspection.table(), check.name()));
                rows.forEach(row -> below.append("  ").append(row).append(System.lineSeparator()));
              });
    }
    return results().isEmpty()
        ? "There was nothing to check.%n".formatted() + below
        : table.toString() + below;
  }

  /** For machines: one object. */
  String json() {
    List<Object> ofTables = new ArrayList<>();
    for (TableInspection inspection : tables) {
      List<Object> checks = new ArrayList<>();
      summaries(inspection).forEach(summary -> checks.add(json(summary, inspection)));
      Map<String, Object> table = new LinkedHashMap<>();
      table.put("table", inspection.table());
      table.put("up_to_date", inspection.upToDate());
      table.put(
          "still_failing",
          inspection.failing().entrySet().stream().map(QualityReport::json).toList());
      table.put("without_date", inspection.undated());
      table.put("checks", checks);
      ofTables.add(table);
    }
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("run", run);
    report.put("outcome", outcome());
    report.put("exit_code", exitCode());
    report.put("refused", refused());
    report.put("tables", ofTables);
    return written(JSON, report);
  }

  private static Map<String, Object> json(CheckSummary summary, TableInspection inspection) {
    QualityCheck check = summary.check();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("check", check.name());
    json.put("level", check.level().text());
    json.put("gate", check.gate() ? "seal" : null);
    json.put("outcome", summary.outcome().text());
    json.put("accepted", check.expected());
    json.put("rows", summary.rows());
    json.put("failing", summary.failing().orElse(null));
    json.put("results", summary.results().stream().map(QualityReport::json).toList());
    if (inspection.offending().containsKey(check)) {
      json.put("offending", inspection.offending().get(check));
    }
    return json;
  }

  private static Map<String, Object> json(Map.Entry<QualityCheck, Integer> failing) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("check", failing.getKey().name());
    json.put("gate", failing.getKey().gate() ? "seal" : null);
    json.put("results", failing.getValue());
    return json;
  }

  private static Map<String, Object> json(Result result) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("date", result.date() == null ? null : result.date().toString());
    json.put("outcome", result.outcome().text());
    json.put("value", result.value().isPresent() ? result.value().getAsDouble() : null);
    json.put("rows", result.rows());
    json.put("failing", result.failing() < 0 ? null : result.failing());
    json.put("message", result.message().orElse(null));
    return json;
  }

  private static List<CheckSummary> summaries(TableInspection inspection) {
    Map<QualityCheck, List<Result>> byCheck = new LinkedHashMap<>();
    inspection
        .results()
        .forEach(
            result -> byCheck.computeIfAbsent(result.check(), of -> new ArrayList<>()).add(result));
    return byCheck.entrySet().stream()
        .map(entry -> new CheckSummary(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static String written(ObjectMapper mapper, Object value) {
    try {
      return mapper.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the report as JSON", e);
    }
  }
}
