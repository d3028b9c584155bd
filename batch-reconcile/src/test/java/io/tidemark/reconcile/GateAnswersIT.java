package io.tidemark.reconcile;

import static io.tidemark.reconcile.GatedTill.SECOND;
import static io.tidemark.reconcile.GatedTill.SHOP;
import static io.tidemark.reconcile.Till.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lake.EditWatch;
import io.tidemark.ops.DateState.State;
import io.tidemark.ops.QualityAnswer;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.status.Gates;
import io.tidemark.status.HeldBack;
import io.tidemark.status.ViewFinality;
import io.tidemark.status.ViewTables;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an answer of a check must be about to let a date be sealed. */
class GateAnswersIT {
  @TempDir private Path folder;
  private TestLake lake;
  private GatedTill gated;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    gated = new GatedTill(lake);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void whatWasNotAskedOrOfOtherRowsOrOtherwiseHoldsBack() {
    Till till = gated.till();
    assertThat(gated.refusals(till).values())
        .containsExactly(
            "check 'a shop' of till.events on 2011-01-01 has not run",
            "check 'a shop' of till.events on 2011-01-02 has not run");

    gated.answer(SHOP, FIRST, "passed", 2);
    gated.answer(GatedTill.completeness("0.8"), SECOND, "passed", 1);
    assertThat(gated.refusals(till).values())
        .satisfiesExactly(
            first -> assertThat(first).contains("ran on 2 events, and there are 1"),
            second -> assertThat(second).contains("ran with an older definition"));

    gated.answer(SHOP, FIRST, "passed", 1);
    gated.answer(SHOP, SECOND, "error", 1);
    assertThat(gated.refusals(till)).containsOnlyKeys(SECOND);
    gated.answer(SHOP, SECOND, "passed", 1);
    assertThat(gated.refusals(till)).isEmpty();

    gated.finality(till);
    lake.lake().register(lake.spark());
    lake.spark().sql("UPDATE till.events SET shop = null WHERE event_id = 'a'");
    assertThat(gated.refusals(till).values())
        .singleElement()
        .satisfies(edited -> assertThat(edited).contains("ran before the events were edited"));

    gated.answerOfPresentFiles(till, SHOP, FIRST, "passed", 1);
    assertThat(gated.refusals(till)).isEmpty();
    lake.spark().sql("UPDATE till.events SET shop = 'x' WHERE event_id = 'a'");
    assertThat(gated.refusals(till)).containsOnlyKeys(FIRST);
  }

  @Test
  void anAnomalyIsComparedWithTheEarlierDatesAsTheyAreNow() {
    Till till = gated.till();
    QualityCheck steady = GatedTill.steady();
    gated.answerOfPresentFiles(till, steady, FIRST, "passed", 1);
    gated.answerOfPresentFiles(till, steady, SECOND, "passed", 1);
    assertThat(gated.refusals(till, steady)).isEmpty();

    lake.lake().register(lake.spark());
    lake.spark().sql("UPDATE till.events SET shop = 'x' WHERE event_id = 'a'");
    gated.answerOfPresentFiles(till, steady, FIRST, "passed", 1);
    assertThat(gated.refusals(till, steady))
        .containsOnlyKeys(SECOND)
        .hasEntrySatisfying(
            SECOND,
            why ->
                assertThat(why)
                    .contains("was compared with earlier dates that have changed since"));

    gated.answerOfPresentFiles(till, steady, SECOND, "passed", 1);
    assertThat(gated.refusals(till, steady)).isEmpty();
  }

  @Test
  void anAnomalyThatDoesNotSayWhatItWasComparedWithIsAskedOnceMore() {
    Till till = gated.till();
    QualityCheck steady = GatedTill.steady();
    gated.answerOfPresentFiles(till, steady, SECOND, "passed", 1);
    // As an earlier version has made the table.
    lake.spark().sql("ALTER TABLE lake.ops.quality DROP COLUMN compared");

    assertThat(gated.refusals(till, steady).get(SECOND))
        .contains("was compared with earlier dates");
    assertThat(lake.spark().table("lake.ops.quality").columns()).contains("compared");
    gated.answerOfPresentFiles(till, steady, SECOND, "passed", 1);
    assertThat(gated.refusals(till, steady)).doesNotContainKey(SECOND);
  }

  @Test
  void everyDateWhoseEventsCountIsAskedAlsoOneWithoutAny() {
    Till till = gated.till("'36 hours', '12 hours'");
    gated.answer(SHOP, FIRST, "passed", 1);
    gated.answer(SHOP, SECOND, "passed", 1);
    assertThat(gated.refusals(till).values())
        .singleElement()
        .satisfies(reason -> assertThat(reason).contains("on 2011-01-03 has not run"));

    gated.answer(SHOP, SECOND, "failed", 1);
    gated.answer(SHOP, SECOND.plusDays(1), "passed", 0);
    assertThat(gated.refusals(till)).containsOnlyKeys(FIRST, SECOND);
  }

  @Test
  void datesBeforeTheFirstOfEventsAreNotAsked() {
    Till till = gated.till("'1 hour', '30 minutes'");
    LocalDate before = FIRST.minusDays(1);
    Gates gates = Gates.of(lake.spark(), till.tables());
    assertThat(gates.heldBack(till.view(), gated.finality(till), List.of(before)).get(before))
        .isEqualTo(
            new HeldBack(
                before,
                "check 'a shop' of till.events on 2011-01-01 has not run",
                false,
                "--table till.events --date 2011-01-01"));

    gated.answer(SHOP, FIRST, "passed", 1);
    assertThat(
            Gates.of(lake.spark(), till.tables())
                .heldBack(till.view(), gated.finality(till), List.of(before)))
        .isEmpty();
  }

  @Test
  void aGateThatTheFileHasLostIsSaidOnce() {
    Till till = gated.till();
    Till without = Till.gated(lake, TableFormat.DELTA, Till.SQL.formatted("'1 hour'"), List.of());
    assertThat(FormerGates.of(lake.spark(), without.tables(), Instant.now()).text()).isEmpty();
    till.reconcile(new DateChoice.AllClosed());

    assertThat(FormerGates.of(lake.spark(), till.tables(), Instant.now()).text()).isEmpty();
    assertThat(FormerGates.of(lake.spark(), without.tables(), Instant.now()).text())
        .hasValue(
            "quality.yaml has lost a gate, check 'a shop' of till.events since the last run. Dates no longer wait for it. You will not be told again.");
    without.reconcile(new DateChoice.AllClosed());
    assertThat(FormerGates.of(lake.spark(), without.tables(), Instant.now()).text()).isEmpty();
  }

  @Test
  void aCheckThatWasNotAGateWhenItWasAskedIsTheSameQuestion() {
    Till till = gated.till();
    Instant at = Instant.parse("2011-02-01T00:00:00Z");
    gated.answer(SHOP, FIRST, "passed", 1, null, at, null);
    gated.answer(SHOP, SECOND, "failed", 1, null, at, null);

    assertThat(gated.refusals(till)).containsOnlyKeys(SECOND);
  }

  @Test
  void anAnswerOfAClockThatRanAheadDoesNotHideALaterOne() {
    Till till = gated.till();
    Instant ahead = Instant.parse("2031-01-01T00:00:00Z");
    gated.answer(SHOP, FIRST, "passed", 9, "seal", ahead, null);
    gated.answer(SHOP, SECOND, "error", 0, "seal", ahead, "the disk was away");
    gated.answer(SHOP, FIRST, "passed", 1);
    gated.answer(SHOP, SECOND, "passed", 1);

    assertThat(gated.refusals(till)).isEmpty();
  }

  @Test
  void whatCannotBeComputedIsARefusalAndSaysWhy() {
    Till till = gated.till();
    gated.answer(SHOP, FIRST, "passed", 1);
    // As earlier versions kept it: of 0 rows.
    gated.answer(
        SHOP, SECOND, "error", 0, "seal", Instant.parse("2011-02-01T00:00:00Z"), "not a number");
    till.finality().publish();

    assertThat(gated.refusals(till).values())
        .containsExactly(
            "check 'a shop' of till.events on 2011-01-02 could not be computed: not a number");
    assertThat(till.dates().get(SECOND).state()).isEqualTo(State.REFUSED);
  }

  @Test
  void anEventThatLandsWhileItIsLookedCannotBeSealedUnchecked() {
    Till till = gated.till();
    gated.answer(SHOP, FIRST, "passed", 1);
    gated.answer(SHOP, SECOND, "passed", 1);
    EditWatch edits =
        new EditWatch(
            lake.spark(), till.tables().pipeline(), till.tables().operations(), Clock.systemUTC());
    ViewFinality finality =
        ViewFinality.now(
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
            GatedTill.reasons(
                Gates.of(lake.spark(), till.tables())
                    .heldBack(till.view(), finality, List.of(FIRST, SECOND))))
        .containsOnlyKeys(FIRST)
        .hasEntrySatisfying(
            FIRST, why -> assertThat(why).contains("ran on 1 events, and there are 2"));
  }

  @Test
  void aDimensionIsAskedAtTheVersionThatItHas() {
    Till till = gated.till();
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
    QualityCheck check = GatedTill.completeness("till.shops", "0.9");

    assertThat(refusals(view, till, check, shops.version(), OptionalLong.of(shops.version())))
        .isEmpty();
    assertThat(refusals(view, till, check, shops.version() + 1, OptionalLong.of(shops.version())))
        .hasSize(2)
        .allSatisfy(
            (date, reason) ->
                assertThat(reason)
                    .isEqualTo("check 'a shop' of till.shops ran before the table changed"));
    assertThat(refusals(view, till, check, shops.version(), OptionalLong.empty())).hasSize(2);
    assertThat(refusals(till.view(), till, check, 9, OptionalLong.empty()))
        .as("a dimension that the view does not read")
        .isEmpty();
  }

  private SortedMap<LocalDate, String> refusals(
      ViewTables view, Till till, QualityCheck check, long version, OptionalLong asked) {
    return GatedTill.reasons(
        new Gates(
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
                            null,
                            Instant.EPOCH))),
                Map.of(check.table(), version))
            .heldBack(view, gated.finality(till), List.of(FIRST, SECOND)));
  }
}
