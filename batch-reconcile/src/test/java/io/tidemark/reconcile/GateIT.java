package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.ExitCode;
import io.tidemark.lake.EditWatch;
import io.tidemark.ops.DateState;
import io.tidemark.ops.DateState.State;
import io.tidemark.ops.Operations;
import io.tidemark.ops.QualityAnswer;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityCheck.Level;
import io.tidemark.pipeline.QualityCheck.Scope;
import io.tidemark.pipeline.QualityRule;
import io.tidemark.pipeline.QualityRule.Kind;
import io.tidemark.status.Gates;
import io.tidemark.status.Standing;
import io.tidemark.status.ViewTables;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which dates a check with a gate holds back, by what ops.quality says of it. */
class GateIT {
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final DateChoice ALL = new DateChoice.AllClosed();
  private static final QualityCheck SHOP = completeness("0.9");

  @TempDir private Path folder;
  private TestLake lake;
  private int checked;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private static QualityCheck completeness(String atLeast) {
    return completeness("till.events", atLeast);
  }

  private static QualityCheck completeness(String table, String atLeast) {
    return new QualityCheck(
        table,
        "a shop",
        new QualityRule(
            Kind.COMPLETENESS,
            List.of("shop"),
            List.of(),
            "",
            Optional.empty(),
            Optional.empty(),
            "",
            List.of()),
        Optional.of(new BigDecimal(atLeast)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Scope.DATE,
        Level.ERROR,
        true,
        1);
  }

  /** Two dates that are over, the first with a row of the view that is wrong. */
  private Till till(String window) {
    return Till.gated(lake, TableFormat.DELTA, Till.SQL.formatted(window), List.of(SHOP))
        .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
        .deliver("b", "2011-01-02T10:05:00Z", "north", 5)
        .deliver("c", "2011-01-04T00:05:00Z", "north", 7)
        .land()
        .refresh(null, "2011-01-03T00:00:00Z")
        .show(row("2011-01-01T10:00:00Z", "north", 1, 99));
  }

  private Till till() {
    return till("'1 hour'");
  }

  /** Why each closed date is held back. */
  private SortedMap<LocalDate, String> refusals(Till till) {
    return Gates.of(lake.spark(), till.tables())
        .refusals(till.view(), standing(till), List.of(FIRST, SECOND));
  }

  private Standing standing(Till till) {
    EditWatch edits =
        new EditWatch(
            lake.spark(), till.tables().pipeline(), till.tables().operations(), Clock.systemUTC());
    return Standing.now(
            lake.spark(),
            till.tables().pipeline(),
            till.tables().operations(),
            List.of(till.view()),
            Instant.now(),
            edits::look)
        .get("sales");
  }

  /** What the other program would have said. */
  private void answer(QualityCheck check, LocalDate date, String outcome, long rows) {
    answer(check, date, outcome, rows, "seal", Instant.parse("2011-02-01T00:00:00Z"), null);
  }

  private void answer(
      QualityCheck check,
      LocalDate date,
      String outcome,
      long rows,
      String gate,
      Instant at,
      String message) {
    Row row =
        RowFactory.create(
            "till",
            check.table(),
            check.name(),
            Date.valueOf(date),
            "error",
            gate,
            outcome,
            outcome.equals("passed") ? (Double) 1.0 : outcome.equals("failed") ? 0.5 : null,
            check.expected(),
            rows,
            0L,
            message,
            check.definition(),
            rows,
            1L,
            null,
            "",
            null,
            "run",
            Timestamp.from(at.plusSeconds(checked)));
    lake.lake()
        .create(Operations.QUALITY.table(TableFormat.ICEBERG))
        .append(
            lake.spark().createDataFrame(List.of(row), Operations.QUALITY.columns()),
            new Commit("quality@" + checked++, 0));
  }

  private SortedMap<LocalDate, DateState> dates(Till till) {
    return till.tables().operations().dates().read(lake.spark(), "till").get("sales");
  }

  private static State state(SortedMap<LocalDate, DateState> dates, LocalDate date) {
    return dates.get(date).state();
  }

  @Test
  void aDateIsHeldBackUntilItPassesAndWhatIsFinalStaysSo() {
    Till till = till().publishing();
    answer(SHOP, FIRST, "failed", 1);
    answer(SHOP, SECOND, "passed", 1);

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.QUALITY_REFUSED);
    assertThat(outcome.word()).isEqualTo("refused");
    assertThat(outcome.findings().sealed()).isEqualTo(1);
    assertThat(outcome.findings().refused())
        .containsExactly(
            new Findings.Refusal(
                FIRST,
                "check 'a shop' of till.events on 2011-01-01 found 0.5, and accepts >= 0.9",
                true));
    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z north 1 99", "2011-01-02T10:00:00Z north 1 5");
    assertThat(state(dates(till), FIRST)).isEqualTo(State.REFUSED);
    assertThat(dates(till).get(FIRST).change().orElseThrow().reason()).contains("found 0.5");
    assertThat(till.status().refused()).isEqualTo(outcome.findings().refused());
    assertThat(state(dates(till), SECOND)).isEqualTo(State.SEALED);
    assertThat(outcome.findings().tidemark()).isNull();

    answer(SHOP, FIRST, "passed", 1);
    assertThat(till.reconcile(new DateChoice.Dirty()).exitCode()).isEqualTo(ExitCode.FINE);
    assertThat(till.shown()).contains("2011-01-01T10:00:00Z north 1 3");
    assertThat(state(dates(till), FIRST)).isEqualTo(State.SEALED);

    answer(SHOP, FIRST, "failed", 1);
    assertThat(till.reconcile(ALL).exitCode()).isEqualTo(ExitCode.FINE);
    assertThat(state(dates(till), FIRST)).isEqualTo(State.SEALED);
  }

  @Test
  void lateEventsHaveToBeCheckedToo() {
    Till till = till();
    answer(SHOP, FIRST, "passed", 1);
    answer(SHOP, SECOND, "passed", 1);
    till.reconcile(ALL);
    till.deliver("late", "2011-01-01T11:05:00Z", null, 1).land();
    till.finality().publish();
    DateState waiting = dates(till).get(FIRST);
    assertThat(waiting.state()).as("it waits for the check").isEqualTo(State.DIRTY);
    assertThat(refusals(till).get(FIRST)).contains("was asked of 1 events, and there are 2");
    assertThat(till.status().refused()).extracting(Findings.Refusal::failed).containsExactly(false);

    answer(SHOP, FIRST, "failed", 2);
    till.finality().publish();
    DateState refused = dates(till).get(FIRST);
    assertThat(refused.state()).isEqualTo(State.REFUSED);
    assertThat(refused.sealed()).as("what its last seal said").isPresent();
    assertThat(refused.change().orElseThrow().landing()).contains("till.land.events");
    assertThat(refused.change().orElseThrow().reason()).contains("found 0.5");

    answer(SHOP, FIRST, "passed", 2);
    till.finality().publish();
    DateState dirty = dates(till).get(FIRST);
    assertThat(dirty.state()).isEqualTo(State.DIRTY);
    assertThat(dirty.change().orElseThrow().reason()).isEqualTo("late");
  }

  @Test
  void whatWasNotAskedOrOfOtherRowsOrOtherwiseHoldsBack() {
    Till till = till();
    assertThat(refusals(till).values())
        .containsExactly(
            "check 'a shop' of till.events on 2011-01-01 was not asked. Run ./tidemark quality --table till.events --date 2011-01-01",
            "check 'a shop' of till.events on 2011-01-02 was not asked. Run ./tidemark quality --table till.events --date 2011-01-02");

    answer(SHOP, FIRST, "passed", 2);
    answer(completeness("0.8"), SECOND, "passed", 1);
    assertThat(refusals(till).values())
        .satisfiesExactly(
            first -> assertThat(first).contains("was asked of 2 events, and there are 1"),
            second -> assertThat(second).contains("was asked as it was defined before"));

    answer(SHOP, FIRST, "passed", 1);
    answer(SHOP, SECOND, "error", 1);
    assertThat(refusals(till)).containsOnlyKeys(SECOND);
    answer(SHOP, SECOND, "passed", 1);
    assertThat(refusals(till)).isEmpty();

    standing(till);
    lake.lake().register(lake.spark());
    lake.spark().sql("UPDATE till.events SET shop = null WHERE event_id = 'a'");
    assertThat(refusals(till).values())
        .singleElement()
        .satisfies(
            edited -> assertThat(edited).contains("was asked before the events were edited"));
  }

  @Test
  void everyDateWhoseEventsCountIsAskedAlsoOneWithoutAny() {
    Till till = till("'36 hours', '12 hours'");
    answer(SHOP, FIRST, "passed", 1);
    answer(SHOP, SECOND, "passed", 1);
    assertThat(refusals(till).values())
        .singleElement()
        .satisfies(reason -> assertThat(reason).contains("on 2011-01-03 was not asked"));

    answer(SHOP, SECOND, "failed", 1);
    answer(SHOP, SECOND.plusDays(1), "passed", 0);
    assertThat(refusals(till)).containsOnlyKeys(FIRST, SECOND);
  }

  @Test
  void aGateThatTheFileDoesNotHaveAnyMoreIsNamed() {
    Till gated = till();
    Till without = Till.gated(lake, TableFormat.DELTA, Till.SQL.formatted("'1 hour'"), List.of());
    assertThat(Gates.forgotten(lake.spark(), without.tables())).isEmpty();
    answer(SHOP, FIRST, "passed", 1);

    assertThat(Gates.forgotten(lake.spark(), gated.tables())).isEmpty();
    assertThat(Gates.forgotten(lake.spark(), without.tables()))
        .singleElement()
        .asString()
        .startsWith("check 'a shop' of till.events was a gate when it was asked last");
  }

  @Test
  void aDuplicateOfASealedDateIsNotARefusal() {
    Till till = till();
    answer(SHOP, FIRST, "passed", 1);
    answer(SHOP, SECOND, "passed", 1);
    till.reconcile(ALL);
    till.deliver("a", "2011-01-01T10:05:00Z", "north", 3).land();

    Outcome outcome = till.reconcile(new DateChoice.Dirty());
    assertThat(outcome.findings().refused()).isEmpty();
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.FINE);

    till.deliver("new", "2011-01-01T11:05:00Z", "north", 3).land();
    assertThat(till.reconcile(new DateChoice.Dirty()).findings().refused())
        .extracting(Findings.Refusal::date)
        .containsExactly(FIRST);
  }

  @Test
  void aCheckThatWasNotAGateWhenItWasAskedIsTheSameQuestion() {
    Till till = till();
    Instant at = Instant.parse("2011-02-01T00:00:00Z");
    answer(SHOP, FIRST, "passed", 1, null, at, null);
    answer(SHOP, SECOND, "failed", 1, null, at, null);

    assertThat(refusals(till)).containsOnlyKeys(SECOND);
  }

  @Test
  void anAnswerOfAClockThatRanAheadDoesNotHideALaterOne() {
    Till till = till();
    Instant ahead = Instant.parse("2031-01-01T00:00:00Z");
    answer(SHOP, FIRST, "passed", 9, "seal", ahead, null);
    answer(SHOP, SECOND, "error", 0, "seal", ahead, "the disk was away");
    answer(SHOP, FIRST, "passed", 1);
    answer(SHOP, SECOND, "passed", 1);

    assertThat(refusals(till)).isEmpty();
  }

  @Test
  void whatCannotBeComputedIsARefusalAndSaysWhy() {
    Till till = till();
    answer(SHOP, FIRST, "passed", 1);
    // As earlier versions kept it: of 0 rows.
    answer(SHOP, SECOND, "error", 0, "seal", Instant.parse("2011-02-01T00:00:00Z"), "not a number");
    till.finality().publish();

    assertThat(refusals(till).values())
        .containsExactly(
            "check 'a shop' of till.events on 2011-01-02 could not be computed: not a number");
    assertThat(state(dates(till), SECOND)).isEqualTo(State.REFUSED);
  }

  @Test
  void anEventThatLandsWhileItIsLookedCannotBeSealedUnchecked() {
    Till till = till();
    answer(SHOP, FIRST, "passed", 1);
    answer(SHOP, SECOND, "passed", 1);
    EditWatch edits =
        new EditWatch(
            lake.spark(), till.tables().pipeline(), till.tables().operations(), Clock.systemUTC());
    Standing standing =
        Standing.now(
                lake.spark(),
                till.tables().pipeline(),
                till.tables().operations(),
                List.of(till.view()),
                Instant.now(),
                events -> {
                  till.deliver("unchecked", "2011-01-01T11:05:00Z", null, 1).land();
                  return edits.look(events);
                })
            .get("sales");

    assertThat(
            Gates.of(lake.spark(), till.tables())
                .refusals(till.view(), standing, List.of(FIRST, SECOND)))
        .containsOnlyKeys(FIRST)
        .hasEntrySatisfying(
            FIRST, why -> assertThat(why).contains("was asked of 1 events, and there are 2"));
  }

  @Test
  void aRunThatOnlyReportsComparesTheDateAllTheSame() {
    Till till = till();
    answer(SHOP, FIRST, "failed", 1);

    Outcome outcome = till.reconcile(ALL, true);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.DRIFT_NOT_REPAIRED);
    assertThat(outcome.findings().dates()).isEqualTo(2);
  }

  @Test
  void aDimensionIsAskedAtTheVersionThatItHas() {
    Till till = till();
    LakeTable shops =
        lake.lake()
            .create(
                new TableDefinition(
                    "till.shops",
                    TableFormat.DELTA,
                    StructType.fromDDL("shop STRING"),
                    Optional.empty(),
                    List.of()));
    ViewTables view =
        new ViewTables(
            till.view().view(), till.view().table(), till.view().events(), Map.of("shops", shops));
    QualityCheck check = completeness("till.shops", "0.9");

    assertThat(refusals(view, till, check, shops.version(), OptionalLong.of(shops.version())))
        .isEmpty();
    assertThat(refusals(view, till, check, shops.version() + 1, OptionalLong.of(shops.version())))
        .hasSize(2)
        .allSatisfy(
            (date, reason) ->
                assertThat(reason)
                    .isEqualTo(
                        "check 'a shop' of till.shops was asked before the table changed. Run ./tidemark quality --table till.shops"));
    assertThat(refusals(view, till, check, shops.version(), OptionalLong.empty())).hasSize(2);
    assertThat(refusals(till.view(), till, check, 9, OptionalLong.empty()))
        .as("a dimension that the view does not read")
        .isEmpty();
  }

  private SortedMap<LocalDate, String> refusals(
      ViewTables view, Till till, QualityCheck check, long version, OptionalLong asked) {
    return new Gates(
            List.of(check),
            Map.of(
                new QualityAnswer.Asked(check.table(), check.name(), null),
                List.of(
                    new QualityAnswer(
                        QualityAnswer.Outcome.PASSED,
                        "",
                        check.definition(),
                        OptionalLong.empty(),
                        asked,
                        OptionalLong.empty(),
                        "",
                        OptionalLong.empty(),
                        Instant.EPOCH))),
            Map.of(check.table(), version))
        .refusals(view, standing(till), List.of(FIRST, SECOND));
  }
}
