package io.tidemark.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.VerbOptions;
import io.tidemark.output.ExitCode;
import io.tidemark.reconcile.Deliveries;
import io.tidemark.reconcile.ViewFindings;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DemoReportTest {
  private static DemoReport report(boolean isBalanced, long driftAfter) {
    return report(isBalanced, driftAfter, new VerbOptions(Path.of("lake"), Optional.empty()));
  }

  private static DemoReport report(boolean isBalanced, long driftAfter, VerbOptions options) {
    LocalDate date = LocalDate.parse("2011-01-01");
    ViewFindings findings =
        new ViewFindings(
            "sales",
            date,
            date,
            1,
            5,
            driftAfter,
            Map.of("late", 5L),
            0.5,
            new Deliveries(2, 1, 0, 0, 0),
            List.of(),
            1,
            date,
            List.of(date.plusDays(1)),
            date,
            List.of(),
            List.of(),
            List.of());
    return new DemoReport(
        2,
        new LandedCounts(2, Map.of(), 1, isBalanced),
        List.of(new ViewReport(1, findings)),
        options,
        Map.of("land", 1.0));
  }

  @Test
  void theCommandsToGoOnWithCanBePastedIntoAShell() {
    Path lake = Path.of("o'brien's lake");
    String quoted = "--lake 'o'\\''brien'\\''s lake'";

    assertThat(report(true, 0, new VerbOptions(lake, Optional.empty())).text())
        .contains("./tidemark query %s \"SELECT".formatted(quoted))
        .endsWith("./tidemark stream " + quoted);
    assertThat(report(true, 0, new VerbOptions(lake, Optional.of(Path.of("conf/web")))).text())
        .contains("./tidemark status %s --pipeline conf/web".formatted(quoted));
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
        .contains("The ledger does NOT balance: \"./tidemark status --recount --lake lake\"");
  }
}
