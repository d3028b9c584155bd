package io.tidemark.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.local.VerbOptions;
import io.tidemark.output.ExitCode;
import io.tidemark.output.TextTable;
import io.tidemark.reconcile.ReconcileReport;
import io.tidemark.reconcile.ViewFindings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a demo found.
 *
 * @param delivered records put onto the topics of events
 * @param options which lake it is in and of which pipeline, for the verbs to go on with
 * @param seconds by phase
 */
record DemoReport(
    long delivered,
    LandedCounts found,
    List<ViewReport> views,
    VerbOptions options,
    Map<String, Double> seconds) {

  int exitCode() {
    if (!found.isLedgerBalanced()) {
      return ExitCode.FAILED;
    }
    if (views.stream().anyMatch(view -> view.findings().holdsBack())) {
      return ExitCode.QUALITY_REFUSED;
    }
    boolean drifted = views.stream().anyMatch(view -> view.findings().driftAfter() > 0);
    return drifted ? ExitCode.DRIFT_NOT_REPAIRED : ExitCode.FINE;
  }

  String json() {
    Map<String, Object> byName = new LinkedHashMap<>();
    views.forEach(view -> byName.put(view.name(), view.json()));
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("delivered", delivered);
    report.put("landed", found.landed());
    report.put("dead_letters", found.deadLetters());
    report.put("duplicates", found.duplicates());
    report.put("ledger_balanced", found.isLedgerBalanced());
    report.put("views", byName);
    report.put("lake", options.lake().toString());
    report.put("seconds", seconds);
    try {
      return new ObjectMapper().writeValueAsString(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the report as JSON", e);
    }
  }

  String text() {
    return String.join(System.lineSeparator(), records(), viewTable(), phases(), next());
  }

  private String records() {
    TextTable table = new TextTable("records", "");
    table.row("delivered", count(delivered));
    table.row("landed", count(found.landed()));
    found
        .deadLetters()
        .forEach((reason, count) -> table.row("dead letter: " + reason, count(count)));
    table.row("duplicates among the landed", count(found.duplicates()));
    return table
        + (found.isLedgerBalanced()
            ? "The ledger balances: every offset is an event or a dead letter, once."
            : "The ledger does NOT balance: \"./tidemark status --recount %s\" says where."
                .formatted(options.ofPipeline()))
        + System.lineSeparator();
  }

  private String viewTable() {
    TextTable table =
        new TextTable(
            "view", "rows", "late", "drift", "cause", "after repair", "agreed before", "tidemark");
    views.forEach(view -> table.row(view.cells()));
    List<ViewFindings> findings = views.stream().map(ViewReport::findings).toList();
    return table + ReconcileReport.heldBack(findings) + ReconcileReport.open(findings);
  }

  private String phases() {
    StringBuilder line = new StringBuilder();
    seconds.forEach(
        (phase, time) -> line.append(String.format(Locale.ROOT, "%s %.1f s, ", phase, time)));
    double all = seconds.values().stream().mapToDouble(Double::doubleValue).sum();
    return line.append(String.format(Locale.ROOT, "together %.1f s%n", all)).toString();
  }

  private String next() {
    return """
        The lake is in %1$s. Go on with:
          ./tidemark query %2$s "SELECT country, sum(revenue_net) AS revenue FROM retail.sales_by_hour_country GROUP BY country ORDER BY revenue DESC LIMIT 10"
          ./tidemark up %2$s && ./tidemark status %3$s
          ./tidemark stream %3$s\
        """
        .formatted(options.lake(), options.ofLake(), options.ofPipeline());
  }

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }
}
