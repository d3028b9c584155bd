package io.tidemark.reconcile;

import static io.tidemark.reconcile.GatedTill.SECOND;
import static io.tidemark.reconcile.GatedTill.SHOP;
import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.EndedRun;
import io.tidemark.ops.Operations;
import io.tidemark.ops.Runs;
import io.tidemark.report.ViewStatus;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ops.reconciliations} says of each date. */
class ReconciliationsIT {
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

  private List<String> kept(String... columns) {
    return lake
        .lake()
        .find(Operations.RECONCILIATIONS.table(TableFormat.ICEBERG))
        .orElseThrow()
        .read(lake.spark())
        .orderBy("ended_at", "date")
        .selectExpr(columns)
        .collectAsList()
        .stream()
        .map(row -> row.mkString(" | "))
        .toList();
  }

  @Test
  void everyDateSaysWhatWasFoundAndDone() {
    Till till =
        Till.of(lake, TableFormat.DELTA)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-01T11:05:00Z", "north", 4)
            .deliver("b", "2011-01-01T11:05:00Z", "north", 40)
            .deliver("c", "2011-01-02T10:05:00Z", "north", 5)
            .deliver("d", "2011-01-03T10:05:00Z", "north", 6)
            .land()
            .refresh(null, "2011-01-03T00:00:00Z")
            .deliver("late", "2011-01-01T10:06:00Z", "north", 4)
            .land()
            .refresh("2011-01-03T00:00:00Z", "2011-01-03T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 3),
                row("2011-01-01T11:00:00Z", "north", 1, 4),
                row("2011-01-02T10:00:00Z", "north", 1, 5));

    till.reconcile(ALL, true);
    till.reconcile(ALL);
    till.reconcile(ALL);

    String open = "2011-01-03 | open | false | %s | null | null | null | null | null | null | null";
    assertThat(
            kept(
                "date",
                "outcome",
                "sealed",
                "report_only",
                "rows",
                "compared",
                "agreed",
                "agreement",
                "drift_before",
                "drift_late",
                "drift_after"))
        .containsExactly(
            "2011-01-01 | drifted | false | true | 2 | 2 | 1 | 0.5 | 1 | 1 | 1",
            "2011-01-02 | in sync | false | true | 1 | 1 | 1 | 1.0 | 0 | 0 | 0",
            open.formatted(true),
            "2011-01-01 | repaired | true | false | 2 | 2 | 1 | 0.5 | 1 | 1 | 0",
            "2011-01-02 | in sync | true | false | 1 | 1 | 1 | 1.0 | 0 | 0 | 0",
            open.formatted(false),
            "2011-01-01 | in sync | false | false | 2 | 2 | 2 | 1.0 | 0 | 0 | 0",
            "2011-01-02 | in sync | false | false | 1 | 1 | 1 | 1.0 | 0 | 0 | 0",
            open.formatted(false));
    assertThat(
            kept("conflicting", "conflicts[0].event_id", "conflicts[0].first", "size(conflicts)"))
        .startsWith("1 | b | sales-0@1 | 1", "0 | null | null | null");
    assertThat(kept("started_at <= ended_at", "size(gates)", "events_version > 0", "view_version"))
        .startsWith("true | 0 | true | " + till.view().view().version().name());
    assertThat(kept("run").stream().distinct())
        .containsExactlyElementsOf(
            till.tables().operations().runs().list(lake.spark(), "reconcile", "till").stream()
                .map(EndedRun::id)
                .toList());
    assertThat(till.status().conflicts())
        .extracting(Object::toString)
        .containsExactly("'b': sales-0@1 and sales-0@2 differ in amount");
  }

  @Test
  void aDateThatACheckHoldsBackSaysWhy() {
    GatedTill gated = new GatedTill(lake);
    Till till = gated.till();
    gated.answer(SHOP, FIRST, "failed", 1);
    till.reconcile(ALL);

    assertThat(kept("date", "outcome", "sealed", "compared", "gates[0]"))
        .containsExactly(
            "2011-01-01 | refused | false | null | check 'a shop' of till.events",
            "2011-01-02 | waiting | false | null | check 'a shop' of till.events",
            "2011-01-04 | open | false | null | check 'a shop' of till.events");
    assertThat(kept("reason"))
        .satisfiesExactly(
            refused -> assertThat(refused).contains("2011-01-01"),
            waiting -> assertThat(waiting).contains(SECOND + " has not run"),
            open -> assertThat(open).isEqualTo("null"));
    assertThat(till.status().agreedBeforeRepair()).as("nothing was compared").isNull();
  }

  /** The version before kept its findings as JSON. */
  @Test
  void aRunOfTheVersionBeforeIsOfThePast() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .land()
            .refresh(null, "2011-01-02T00:00:00Z")
            .show(row("2011-01-01T10:00:00Z", "north", 1, 3));
    Instant then = Instant.parse("2011-01-02T00:00:00Z");
    till.tables()
        .operations()
        .runs()
        .append(
            lake.spark(),
            new EndedRun(
                Runs.newId(),
                ReconcileJob.VERB,
                "till",
                then,
                then,
                0,
                "in sync",
                Optional.of(
                    """
                    [{"view":"sales","from":"2011-01-01","to":"2011-01-01","dates":1,"drift_before":0,"drift_after":0,\
                    "causes":{},"agreement_before":1.0,"sealed":1,"gates":["check 'old' of till.events"]}]"""),
                Optional.empty()));

    ViewStatus before = till.status();
    assertThat(before.agreedBeforeRepair()).isNull();
    assertThat(before.conflicts()).isEmpty();
    assertThat(FormerGates.of(lake.spark(), till.tables(), Instant.now()).text()).isEmpty();

    till.reconcile(ALL);

    assertThat(till.status().agreedBeforeRepair()).isEqualTo(1);
    assertThat(
            till.tables().operations().runs().list(lake.spark(), ReconcileJob.VERB, "till").get(1))
        .extracting(run -> run.message().orElseThrow())
        .isEqualTo(
            "sales: in sync, 1 date from 2011-01-01 to 2011-01-01, 0 keys differed before and 0 after, 1 sealed.");
  }
}
