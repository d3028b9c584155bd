package io.tidemark.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.ExitCode;
import io.tidemark.reconcile.Deliveries;
import io.tidemark.reconcile.Findings;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DemoReportTest {
  private static DemoReport report(boolean isBalanced, long driftAfter) {
    LocalDate date = LocalDate.parse("2011-01-01");
    Findings findings =
        new Findings(
            "sales",
            date,
            date,
            1,
            5,
            driftAfter,
            Map.of("late", 5L),
            0.5,
            new Deliveries(2, 1, 0, 0, 0),
            1,
            date,
            date);
    return new DemoReport(
        2,
        new LandedCounts(2, Map.of(), 1, isBalanced),
        List.of(new ViewReport(1, findings)),
        Path.of("lake"),
        Map.of("land", 1.0));
  }

  @Test
  void aDemoThatProvesNothingDoesNotEndWell() {
    assertThat(report(true, 0).exitCode()).isEqualTo(ExitCode.FINE);
    assertThat(report(true, 3).exitCode()).isEqualTo(ExitCode.DRIFT_NOT_REPAIRED);
    assertThat(report(false, 0).exitCode()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void aLedgerThatDoesNotBalanceIsToldWithTheWayToFindOut() {
    assertThat(report(true, 0).text()).contains("The ledger balances: every offset is an event");
    assertThat(report(false, 0).text())
        .contains("The ledger does NOT balance: './tidemark status --recount --lake lake'");
  }
}
