package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.ops.DateState;
import io.tidemark.status.Comparison;
import io.tidemark.status.ViewTables;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealingIT {
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final LocalDate THIRD = FIRST.plusDays(2);
  private static final DateChoice ALL = new DateChoice.AllClosed();

  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void aViewThatIsRightIsSealedWithItsEmptyDates() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-01T10:10:00Z", null, 4)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("c", "2011-01-03T09:00:00Z", "north", 5)
            .land()
            .refresh(null, "2011-01-04T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 3),
                row("2011-01-01T10:00:00Z", null, 1, 4),
                row("2011-01-03T09:00:00Z", "north", 1, 5));

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome).isInstanceOf(Outcome.InSync.class);
    assertThat(outcome.exitCode()).isZero();
    ViewFindings found = outcome.findings();
    assertThat(found.dates()).isEqualTo(3);
    assertThat(found.sealed()).isEqualTo(3);
    assertThat(found.tidemark()).isEqualTo(THIRD);
    assertThat(found.agreementBefore()).isEqualTo(1);
    assertThat(found.deliveries()).isEqualTo(new Deliveries(4, 3, 0, 0, 0));
    var seals = till.tables().operations().seals().last(lake.spark(), "till").get("sales");
    assertThat(seals.keySet()).containsExactly(FIRST, SECOND, THIRD);
    assertThat(seals.get(SECOND).rows()).isZero();
    assertThat(seals.get(FIRST).rows()).isEqualTo(2);
    assertThat(seals.get(FIRST).events()).isEqualTo(3);
    assertThat(till.drift()).isEmpty();
  }

  @Test
  void anEventThatComesAfterTheSealMakesItsDateDirtyAndIsCounted() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-02T10:05:00Z", "north", 5)
            .land()
            .refresh(null, "2011-01-03T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 3),
                row("2011-01-02T10:00:00Z", "north", 1, 5));
    assertThat(till.reconcile(ALL).findings().sealed()).isEqualTo(2);
    // Landed, but not read by the refresh yet, which will drop it.
    till.deliver("late", "2011-01-01T10:06:00Z", "north", 4).land();

    Outcome outcome = till.reconcile(new DateChoice.Dirty());

    assertThat(outcome.findings().from()).isEqualTo(FIRST);
    assertThat(outcome.findings().to()).isEqualTo(FIRST);
    assertThat(outcome.findings().causes()).isEqualTo(Map.of("late", 1L));
    assertThat(outcome.findings().sealed()).isEqualTo(1);
    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z north 2 7", "2011-01-02T10:00:00Z north 1 5");
    assertThat(till.reconcile(new DateChoice.Dirty()).findings().dates()).isZero();
  }

  @Test
  void anEventThatComesAfterARepairIsLateTooAndTheRepairedOnesAreNot() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .land()
            .refresh(null, "2011-01-03T00:00:00Z")
            .show(row("2011-01-01T10:00:00Z", "north", 1, 3));
    // The first is dropped as late, the second read by a new checkpoint, which leaves sealed dates.
    String[] lateAt = {"2011-01-03T00:00:00Z", null};
    for (int event = 1; event <= 2; event++) {
      till.deliver("late " + event, "2011-01-01T10:06:00Z", "north", 4)
          .land()
          .refresh(lateAt[event - 1], "2011-01-03T00:00:00Z");

      Outcome outcome = till.reconcile(ALL);

      assertThat(outcome.findings().causes()).isEqualTo(Map.of("late", 1L));
      assertThat(till.shown())
          .containsExactly("2011-01-01T10:00:00Z north %d %d".formatted(1 + event, 3 + 4 * event));
    }
  }

  /** The event of 00:10 was late for the first date, and counted when the second was sealed. */
  @Test
  void whatTwoDatesShareIsExplainedByTheSealOfEach() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG, "'1 hour', '30 minutes'")
            .deliver("a", "2011-01-01T23:40:00Z", "north", 3)
            .land()
            .refresh(null, "2011-01-02T00:30:00Z")
            .show(
                row("2011-01-01T23:00:00Z", "north", 1, 3),
                row("2011-01-01T23:30:00Z", "north", 1, 3));
    assertThat(till.reconcile(ALL).findings().sealed())
        .as("that date, and the one before, whose windows reach into it")
        .isEqualTo(2);
    till.deliver("b", "2011-01-02T00:10:00Z", "north", 4)
        .land()
        .refresh("2011-01-02T00:30:00Z", "2011-01-04T00:00:00Z");
    Outcome second = till.reconcile(new DateChoice.Between(SECOND, SECOND));
    assertThat(second.findings().causes()).isEqualTo(Map.of("late", 1L));
    till.deliver("c", "2011-01-02T00:20:00Z", "north", 5)
        .land()
        .refresh("2011-01-04T00:00:00Z", "2011-01-04T00:00:00Z");

    Outcome both = till.reconcile(new DateChoice.Dirty());

    assertThat(both.findings().dates()).isEqualTo(2);
    assertThat(both.findings().causes()).isEqualTo(Map.of("late", 2L));
    assertThat(till.shown())
        .containsExactly(
            "2011-01-01T23:00:00Z north 1 3",
            "2011-01-01T23:30:00Z north 3 12",
            "2011-01-02T00:00:00Z north 2 9");
  }

  @Test
  void windowsThatReachPastMidnightAreRecomputedWhole() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG, "'1 hour', '30 minutes'")
            .deliver("a", "2011-01-01T23:40:00Z", "north", 3)
            .deliver("b", "2011-01-02T00:10:00Z", "north", 4)
            .land()
            .refresh(null, "2011-01-02T00:30:00Z")
            .show(
                row("2011-01-01T23:00:00Z", "north", 1, 3),
                row("2011-01-01T23:30:00Z", "north", 2, 7),
                row("2011-01-02T00:00:00Z", "north", 1, 4));

    Outcome outcome = till.reconcile(new DateChoice.Between(FIRST, FIRST));

    assertThat(outcome).isInstanceOf(Outcome.InSync.class);
    assertThat(outcome.findings().agreementBefore()).isEqualTo(1);
    assertThat(outcome.findings().open()).containsExactly(SECOND);
    assertThat(new ReconcileReport("run", List.of(outcome), 1).text())
        .contains("sales: 2011-01-02 is still open, so not sealed yet.");
    var seals = till.tables().operations().seals().last(lake.spark(), "till").get("sales");
    assertThat(seals.get(FIRST).rows()).isEqualTo(2);
    assertThat(seals.get(FIRST).events()).isEqualTo(2);
    assertThatThrownBy(() -> till.reconcile(new DateChoice.Between(FIRST, SECOND)))
        .isInstanceOf(OpenDateException.class);
  }

  /**
   * Windows that start before the first date have events of it, and nobody else would prove them.
   */
  @Test
  void theDayBeforeTheFirstDateIsProvenIfWindowsReachPastMidnight() {
    LocalDate before = FIRST.minusDays(1);
    Till till =
        Till.of(lake, TableFormat.ICEBERG, "'1 hour', '30 minutes'")
            .deliver("a", "2011-01-01T00:10:00Z", "north", 3)
            .deliver("b", "2011-01-02T10:10:00Z", "north", 4)
            .land()
            .refresh(null, "2011-01-02T10:30:00Z")
            .publishing()
            .show(
                row("2010-12-31T23:30:00Z", "north", 1, 99),
                row("2011-01-01T00:00:00Z", "north", 1, 3));

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome).isInstanceOf(Outcome.Repaired.class);
    assertThat(till.shown())
        .containsExactly("2010-12-31T23:30:00Z north 1 3", "2011-01-01T00:00:00Z north 1 3");
    assertThat(outcome.findings().tidemark()).isEqualTo(FIRST);
    assertThat(till.dates()).containsKeys(before, FIRST);
    assertThat(till.dates().get(before).state()).isEqualTo(DateState.State.SEALED);
    assertThat(till.status().tidemark()).isEqualTo(FIRST);
  }

  @Test
  void aRunThatEndedBetweenRepairAndSealIsFinishedByTheNext() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-03T10:05:00Z", "north", 5)
            .land()
            .refresh(null, "2011-01-04T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 9),
                row("2011-01-03T10:00:00Z", "north", 1, 9));
    ViewTables view = till.view();
    Dataset<Row> truth = till.truth(FIRST, SECOND, THIRD);
    Comparison compared = Comparison.of(lake.spark(), view, truth, List.of(FIRST, SECOND, THIRD));
    assertThat(compared.divergentDates()).containsExactly(FIRST, THIRD);
    assertThat(Repair.of(view.table(), truth, compared)).isTrue();
    long repaired = view.table().version();

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome).isInstanceOf(Outcome.InSync.class);
    assertThat(outcome.findings().sealed()).isEqualTo(3);
    assertThat(view.table().version()).isEqualTo(repaired);
    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z north 1 3", "2011-01-03T10:00:00Z north 1 5");
  }
}
