package io.tidemark.local.demo;

import io.tidemark.reconcile.Outcome;
import io.tidemark.reconcile.Percent;
import io.tidemark.reconcile.ReconcileReport;
import io.tidemark.reconcile.ViewFindings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/**
 * What a demo found of one view.
 *
 * @param rows in its table at the end
 */
record ViewReport(long rows, ViewFindings findings) {

  /**
   * @param rows how many the table of a view has
   */
  static List<ViewReport> of(ReconcileReport reconciled, ToLongFunction<String> rows) {
    return reconciled.outcomes().stream()
        .map(Outcome::findings)
        .map(found -> new ViewReport(rows.applyAsLong(found.view()), found))
        .toList();
  }

  String name() {
    return findings.view();
  }

  Map<String, Object> json() {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("rows", rows);
    view.put("drift_before", findings.driftBefore());
    view.put("drift_after", findings.driftAfter());
    view.put("agreement_before", findings.agreementBefore());
    view.put("late", findings.deliveries().lateEvents());
    view.put("causes", findings.causes());
    view.put("tidemark", findings.tidemark() == null ? null : findings.tidemark().toString());
    return view;
  }

  Object[] cells() {
    return new Object[] {
      name(),
      DemoReport.count(rows),
      DemoReport.count(findings.deliveries().lateEvents()),
      DemoReport.count(findings.driftBefore()),
      causes(),
      DemoReport.count(findings.driftAfter()),
      findings.dates() == 0 ? null : Percent.of(findings.agreementBefore()),
      findings.tidemark()
    };
  }

  private String causes() {
    return findings.causes().isEmpty()
        ? null
        : findings.causes().entrySet().stream()
            .map(cause -> DemoReport.count(cause.getValue()) + " " + cause.getKey())
            .collect(Collectors.joining(", "));
  }
}
