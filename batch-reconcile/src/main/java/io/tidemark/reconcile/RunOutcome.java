package io.tidemark.reconcile;

import io.tidemark.ops.DateState;
import io.tidemark.output.Json;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How a run ended, as JSON for whoever has submitted it. */
final class RunOutcome {
  private RunOutcome() {}

  /**
   * The findings, and when each date of their views was sealed that is final.
   *
   * @param asOf an instant before the states were read: what is published from it is that old
   */
  static String of(
      ReconcileReport report, Map<String, SortedMap<LocalDate, DateState>> states, Instant asOf) {
    Map<String, Map<LocalDate, Instant>> sealed = new TreeMap<>();
    for (Outcome outcome : report.outcomes()) {
      String view = outcome.findings().view();
      sealed.put(view, sealed(states.getOrDefault(view, new TreeMap<>())));
    }
    Map<String, Object> object = report.object();
    object.put("sealed", sealed);
    object.put("as_of", asOf);
    return Json.write(object);
  }

  private static Map<LocalDate, Instant> sealed(SortedMap<LocalDate, DateState> states) {
    Map<LocalDate, Instant> sealed = new TreeMap<>();
    states.values().stream()
        .filter(state -> state.state() == DateState.State.SEALED)
        .forEach(state -> sealed.put(state.date(), state.sealed().orElseThrow().at()));
    return sealed;
  }
}
