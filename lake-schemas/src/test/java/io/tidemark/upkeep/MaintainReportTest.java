package io.tidemark.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.MaintenanceLog;
import io.tidemark.ops.MaintenanceLog.Action;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MaintainReportTest {
  private static Action action(String outcome) {
    return new Action(
        "retail",
        "retail.events",
        "compact",
        Optional.empty(),
        outcome,
        "40 small files",
        40L,
        1L,
        Optional.empty(),
        "run",
        Instant.EPOCH,
        Instant.EPOCH);
  }

  @Test
  void aRunThatWasStoppedShowsWhatItHasDoneAndIsNoFailure() {
    MaintainReport stopped =
        new MaintainReport(List.of(action(MaintenanceLog.DONE)), false, OptionalInt.of(143));

    assertThat(stopped.outcome()).isEqualTo("cut-off");
    assertThat(stopped.exitCode()).isEqualTo(143);
    assertThat(stopped.text())
        .contains("retail.events", "40 small files")
        .endsWith("1 actions taken, 0 failed, before it was stopped. The next run does the rest.");
    assertThat(stopped.json()).contains("\"exit_code\":143");
  }

  @Test
  void anActionThatFailedBeforeTheStopIsAFailure() {
    MaintainReport stopped =
        new MaintainReport(List.of(action(MaintenanceLog.FAILED)), false, OptionalInt.of(143));

    assertThat(stopped.outcome()).isEqualTo("failed");
    assertThat(stopped.exitCode()).isEqualTo(1);
  }
}
