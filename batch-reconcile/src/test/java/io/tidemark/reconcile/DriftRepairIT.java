package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DriftRepairIT {
  private static final LocalDate SECOND = FIRST.plusDays(1);
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

  @ParameterizedTest
  @EnumSource
  void driftOfALateEventIsExplainedAndRepairedAndASecondRunChangesNothing(TableFormat format) {
    Till till =
        Till.of(lake, format)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .land()
            .refresh(null, "2011-01-01T22:00:00Z")
            .deliver("late", "2011-01-01T10:06:00Z", "north", 4)
            .deliver("c", "2011-01-02T09:00:00Z", "north", 5)
            .land()
            .refresh("2011-01-01T22:00:00Z", "2011-01-03T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 3),
                row("2011-01-02T09:00:00Z", "north", 1, 5));

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome).isInstanceOf(Outcome.Repaired.class);
    assertThat(outcome.findings().driftBefore()).isEqualTo(1);
    assertThat(outcome.findings().driftAfter()).isZero();
    assertThat(outcome.findings().agreementBefore()).isEqualTo(0.5);
    assertThat(outcome.findings().causes()).isEqualTo(Map.of("late", 1L));
    assertThat(outcome.findings().deliveries()).isEqualTo(new Deliveries(3, 3, 0, 1, 1));
    assertThat(outcome.findings().tidemark()).isEqualTo(FIRST.plusDays(1));
    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z north 2 7", "2011-01-02T09:00:00Z north 1 5");
    String key = "{\"window_start\":\"2011-01-01T10:00:00.000000Z\",\"shop\":\"north\"}";
    assertThat(till.drift())
        .containsExactly(key + " | amount | 3 | 7 | late", key + " | sales | 1 | 2 | late");

    long table = till.view().table().version();
    var seals = till.tables().operations().seals().last(lake.spark(), "till");

    Outcome again = till.reconcile(ALL);

    assertThat(again).isInstanceOf(Outcome.InSync.class);
    assertThat(again.findings().sealed()).isZero();
    assertThat(till.view().table().version()).isEqualTo(table);
    assertThat(till.tables().operations().seals().last(lake.spark(), "till")).isEqualTo(seals);
    assertThat(till.drift()).hasSize(2);
  }

  @Test
  void driftOfReplayedEventsAloneIsReplayedAndBesideALateOneIsLate() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-01T10:05:00Z", "south", 1)
            .deliver("c", "2011-01-02T23:00:00Z", "south", 1)
            .land()
            .refresh(null, "2011-01-03T22:00:00Z")
            .deliver("late", "2011-01-01T10:07:00Z", "south", 2)
            .land()
            .replaying()
            .deliver("mended", "2011-01-01T10:06:00Z", "north", 4)
            .deliver("mended too", "2011-01-01T10:06:00Z", "south", 5)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("in time", "2011-01-03T23:30:00Z", "north", 1)
            .land()
            .refresh("2011-01-03T22:00:00Z", "2011-01-05T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 3),
                row("2011-01-01T10:00:00Z", "south", 1, 1),
                row("2011-01-02T23:00:00Z", "south", 1, 1),
                row("2011-01-03T23:00:00Z", "north", 1, 1));

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome.findings().causes()).isEqualTo(Map.of("replayed", 1L, "late", 1L));
    assertThat(outcome.findings().driftAfter()).isZero();
    assertThat(till.shown())
        .containsExactly(
            "2011-01-01T10:00:00Z north 2 7",
            "2011-01-01T10:00:00Z south 3 8",
            "2011-01-02T23:00:00Z south 1 1",
            "2011-01-03T23:00:00Z north 1 1");

    till.replaying().deliver("at last", "2011-01-01T10:08:00Z", "south", 1).land();
    Outcome again = till.reconcile(ALL);

    assertThat(again.findings().causes())
        .as("what was late before is in the seal by now")
        .isEqualTo(Map.of("replayed", 1L));

    till.deliver("later", "2011-01-01T10:09:00Z", "south", 1).land();
    assertThat(till.reconcile(ALL).findings().causes())
        .as("so is what was replayed")
        .isEqualTo(Map.of("late", 1L));
  }

  @Test
  void driftOfAViewWithANamedQueryIsExplained() {
    Till till =
        Till.withSql(
                lake,
                TableFormat.ICEBERG,
                """
                WITH counted AS (SELECT event_time, shop, amount FROM events WHERE amount > 0)
                SELECT window.start AS window_start, shop, count(*) AS sales, sum(amount) AS amount
                FROM counted GROUP BY window(event_time, '1 hour'), shop""")
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .land()
            .refresh(null, "2011-01-01T22:00:00Z")
            .deliver("late", "2011-01-01T10:06:00Z", "north", 4)
            .land()
            .refresh("2011-01-01T22:00:00Z", "2011-01-02T00:00:00Z")
            .show(row("2011-01-01T10:00:00Z", "north", 1, 3));

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome.findings().causes()).isEqualTo(Map.of("late", 1L));
    assertThat(till.shown()).containsExactly("2011-01-01T10:00:00Z north 2 7");
  }

  @Test
  void rowsThatNoEventExplainsAndMissingRowsAreUnexplainedDrift() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-02T10:05:00Z", null, 4)
            .land()
            .refresh(null, "2011-01-04T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 99),
                row("2011-01-03T10:00:00Z", "ghost", 1, 1));

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome.findings().driftBefore()).isEqualTo(3);
    assertThat(outcome.findings().agreementBefore()).isZero();
    assertThat(outcome.findings().causes()).isEqualTo(Map.of("unexplained", 3L));
    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z north 1 3", "2011-01-02T10:00:00Z null 1 4");
    assertThat(till.drift())
        .containsExactly(
            "{\"window_start\":\"2011-01-01T10:00:00.000000Z\",\"shop\":\"north\"} | amount | 99 | 3 | unexplained",
            "{\"window_start\":\"2011-01-02T10:00:00.000000Z\",\"shop\":null} | * | 0 | 1 | unexplained",
            "{\"window_start\":\"2011-01-02T10:00:00.000000Z\",\"shop\":null} | amount | null | 4 | unexplained",
            "{\"window_start\":\"2011-01-02T10:00:00.000000Z\",\"shop\":null} | sales | null | 1 | unexplained",
            "{\"window_start\":\"2011-01-03T10:00:00.000000Z\",\"shop\":\"ghost\"} | * | 1 | 0 | unexplained",
            "{\"window_start\":\"2011-01-03T10:00:00.000000Z\",\"shop\":\"ghost\"} | amount | 1 | null | unexplained",
            "{\"window_start\":\"2011-01-03T10:00:00.000000Z\",\"shop\":\"ghost\"} | sales | 1 | null | unexplained");
  }

  @Test
  void aReportRepairsAndSealsNothing() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .land()
            .refresh(null, "2011-01-03T00:00:00Z")
            .show(row("2011-01-01T10:00:00Z", "north", 1, 2));

    Outcome outcome = till.reconcile(ALL, true);

    assertThat(outcome).isInstanceOf(Outcome.Drifted.class);
    assertThat(outcome.exitCode()).isEqualTo(10);
    assertThat(till.shown()).containsExactly("2011-01-01T10:00:00Z north 1 2");
    assertThat(till.drift()).hasSize(1);
    assertThat(till.tables().operations().seals().last(lake.spark(), "till")).isEmpty();
  }

  @Test
  void conflictingDeliveriesAreTheCauseOnlyIfTheyReproduceTheStream() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 30)
            .deliver("b", "2011-01-01T11:05:00Z", "north", 4)
            .deliver("b", "2011-01-01T11:05:00Z", "north", 40)
            .land()
            .refresh(null, "2011-01-02T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 30),
                row("2011-01-01T11:00:00Z", "north", 1, 41));

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome.findings().causes()).isEqualTo(Map.of("duplicate", 1L, "unexplained", 1L));
    assertThat(outcome.findings().deliveries().conflicting()).isEqualTo(2);
    assertThat(outcome.findings().deliveries().duplicates()).isEqualTo(2);
    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z north 1 3", "2011-01-01T11:00:00Z north 1 4");
  }

  /** The id is remembered for the lateness, or longer, and then counted again. */
  @Test
  void anIdThatTheStreamCountedTwiceOrOnceInsteadOfTwiceIsADuplicate() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("twice", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("once", "2011-01-01T10:05:00Z", "south", 4)
            .deliver("once", "2011-01-02T10:30:00Z", "south", 4)
            .deliver("x", "2011-01-02T12:00:00Z", "east", 1)
            .land()
            .refresh(null, "2011-01-02T10:00:00Z")
            .deliver("y", "2011-01-02T12:00:00Z", "east", 1)
            .land()
            .refresh("2011-01-02T10:00:00Z", "2011-01-02T10:00:00Z")
            .deliver("twice", "2011-01-02T10:04:00Z", "north", 3)
            .land()
            .refresh("2011-01-02T10:00:00Z", "2011-01-03T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 3),
                row("2011-01-01T10:00:00Z", "south", 1, 4),
                row("2011-01-02T10:00:00Z", "north", 1, 3),
                row("2011-01-02T12:00:00Z", "east", 2, 2));

    ViewFindings second = till.reconcile(new DateChoice.Between(SECOND, SECOND)).findings();

    assertThat(second.causes()).isEqualTo(Map.of("duplicate", 2L));
    assertThat(second.deliveries().conflicting()).isEqualTo(1);
    assertThat(second.conflicts())
        .extracting(Conflict::toString)
        .containsExactly("'twice': sales-0@0 and sales-0@5 differ in event_time");
    assertThat(till.reconcile(ALL).findings().driftBefore()).isZero();
    assertThat(till.shown())
        .containsExactly(
            "2011-01-01T10:00:00Z north 1 3",
            "2011-01-01T10:00:00Z south 1 4",
            "2011-01-02T10:00:00Z south 1 4",
            "2011-01-02T12:00:00Z east 2 2");
    assertThat(till.status().conflicting()).isEqualTo(2);
  }

  @Test
  void whatNoRefreshHasReadIsNotLate() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("expired", "2011-01-01T10:05:00Z", "north", 3)
            .land()
            .skip()
            .deliver("read", "2011-01-01T11:05:00Z", "north", 4)
            .land()
            .refresh(null, "2011-01-02T00:00:00Z")
            .deliver("to come", "2011-01-01T12:05:00Z", "north", 5)
            .land()
            .show(row("2011-01-01T11:00:00Z", "north", 1, 4));

    assertThat(till.reconcile(ALL).findings().causes())
        .isEqualTo(Map.of("unexplained", 1L, "late", 1L));
  }

  @Test
  void whatAnEditedViewChangedIsItsDefinition() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .land()
            .withViewVersion("before")
            .refresh(null, "2011-01-02T00:00:00Z")
            .deliver("late", "2011-01-01T11:05:00Z", "north", 4)
            .land()
            .refresh("2011-01-02T00:00:00Z", "2011-01-02T00:00:00Z")
            .show(row("2011-01-01T10:00:00Z", "north", 1, 30));

    assertThat(till.reconcile(ALL).findings().causes())
        .isEqualTo(Map.of("definition", 1L, "late", 1L));
  }

  @Test
  void datesThatMovedSinceTheyWereComparedAreNotRepairedOver() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .land()
            .refresh(null, "2011-01-02T00:00:00Z")
            .show(row("2011-01-01T10:00:00Z", "north", 1, 9));
    ViewTables view = till.view();
    Dataset<Row> truth = till.truth(FIRST);
    Comparison compared = Comparison.of(lake.spark(), view, truth, List.of(FIRST));
    till.show(row("2011-01-01T11:00:00Z", "north", 1, 9));

    assertThat(Repair.of(view.table(), truth, compared)).isFalse();
    assertThat(till.shown()).hasSize(2);
    assertThat(till.reconcile(ALL)).isInstanceOf(Outcome.Repaired.class);
    assertThat(till.shown()).containsExactly("2011-01-01T10:00:00Z north 1 3");
  }
}
