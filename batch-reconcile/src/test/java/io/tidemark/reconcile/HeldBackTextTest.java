package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.status.HeldBack;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldBackTextTest {
  private static final LocalDate FIRST = LocalDate.parse("2011-01-01");

  private static HeldBack waiting(int day, String asks) {
    LocalDate date = FIRST.plusDays(day - 1L);
    return new HeldBack(
        date, "check 'a shop' of till.events on %s has not run".formatted(date), false, asks);
  }

  @Test
  void oneDateThatWaitsNamesTheCommandThatAsksItsCheck() {
    assertThat(
            ReconcileReport.heldBack(
                "sales", List.of(), List.of(waiting(1, "--table till.events --date 2011-01-01"))))
        .isEqualTo(
            "sales: 2011-01-01 is waiting for a check, so not repaired or sealed: check 'a shop' of till.events on 2011-01-01 has not run. Run ./tidemark quality --table till.events --date 2011-01-01%n"
                .formatted());
  }

  @Test
  void datesThatWaitForDifferentChecksNameTheOneCommandThatAsksThemAll() {
    assertThat(
            ReconcileReport.heldBack(
                "sales",
                List.of(),
                List.of(
                    waiting(1, "--table till.events --date 2011-01-01"),
                    waiting(2, "--table till.events --date 2011-01-02"))))
        .startsWith("sales: 2011-01-01 and 1 later date are waiting for a check,")
        .endsWith("has not run. Run ./tidemark quality --dirty%n".formatted());
  }

  @Test
  void whatHasFailedIsRefusedAndNamesNoCommand() {
    HeldBack failed = new HeldBack(FIRST, "check 'a shop' found 0.5", true, null);

    assertThat(
            ReconcileReport.heldBack(
                "sales", List.of(failed), List.of(waiting(2, "--table till.shops"))))
        .isEqualTo(
            """
            sales: 2011-01-01 is refused, so not repaired or sealed: check 'a shop' found 0.5.
            sales: 2011-01-02 is waiting for a check, so not repaired or sealed: check 'a shop' of till.events on 2011-01-02 has not run. Run ./tidemark quality --table till.shops
            """);
  }
}
