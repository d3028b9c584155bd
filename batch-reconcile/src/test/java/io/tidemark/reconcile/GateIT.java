package io.tidemark.reconcile;

import static io.tidemark.reconcile.GatedTill.SECOND;
import static io.tidemark.reconcile.GatedTill.SHOP;
import static io.tidemark.reconcile.Till.FIRST;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.DateState;
import io.tidemark.ops.DateState.State;
import io.tidemark.output.ExitCode;
import io.tidemark.status.HeldBack;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run does with dates that a check holds back. */
class GateIT {
  private static final DateChoice ALL = new DateChoice.AllClosed();

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
  void aDateIsHeldBackUntilItPassesAndWhatIsFinalStaysSo() {
    Till till = gated.till().publishing();
    gated.answer(SHOP, FIRST, "failed", 1);
    gated.answer(SHOP, SECOND, "passed", 1);

    Outcome outcome = till.reconcile(ALL);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.QUALITY_REFUSED);
    assertThat(outcome.word()).isEqualTo("refused");
    assertThat(outcome.findings().sealed()).isEqualTo(1);
    assertThat(outcome.findings().refused())
        .containsExactly(
            new HeldBack(
                FIRST,
                "check 'a shop' of till.events on 2011-01-01 found 0.5, but accepts >= 0.9",
                true,
                null));
    assertThat(outcome.findings().waiting()).isEmpty();
    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z north 1 99", "2011-01-02T10:00:00Z north 1 5");
    assertThat(till.dates().get(FIRST).state()).isEqualTo(State.REFUSED);
    assertThat(till.dates().get(FIRST).change().orElseThrow().reason()).contains("found 0.5");
    assertThat(till.status().refused()).isEqualTo(outcome.findings().refused());
    assertThat(till.dates().get(SECOND).state()).isEqualTo(State.SEALED);
    assertThat(outcome.findings().tidemark()).isNull();

    gated.answer(SHOP, FIRST, "passed", 1);
    assertThat(till.reconcile(new DateChoice.Dirty()).exitCode()).isEqualTo(ExitCode.FINE);
    assertThat(till.shown()).contains("2011-01-01T10:00:00Z north 1 3");
    assertThat(till.dates().get(FIRST).state()).isEqualTo(State.SEALED);

    gated.answer(SHOP, FIRST, "failed", 1);
    assertThat(till.reconcile(ALL).exitCode()).isEqualTo(ExitCode.FINE);
    assertThat(till.dates().get(FIRST).state()).isEqualTo(State.SEALED);
  }

  @Test
  void lateEventsHaveToBeCheckedToo() {
    Till till = gated.till();
    gated.answer(SHOP, FIRST, "passed", 1);
    gated.answer(SHOP, SECOND, "passed", 1);
    till.reconcile(ALL);
    till.deliver("late", "2011-01-01T11:05:00Z", null, 1).land();
    till.finality().publish();
    DateState waiting = till.dates().get(FIRST);
    assertThat(waiting.state()).as("it waits for the check").isEqualTo(State.DIRTY);
    assertThat(gated.refusals(till).get(FIRST)).contains("ran on 1 events, and there are 2");
    assertThat(till.status().refused()).isEmpty();
    assertThat(till.status().waiting()).extracting(HeldBack::date).containsExactly(FIRST);

    gated.answer(SHOP, FIRST, "failed", 2);
    till.finality().publish();
    DateState refused = till.dates().get(FIRST);
    assertThat(refused.state()).isEqualTo(State.REFUSED);
    assertThat(refused.sealed()).as("what its last seal said").isPresent();
    assertThat(refused.change().orElseThrow().landing()).contains("till.land.events");
    assertThat(refused.change().orElseThrow().reason()).contains("found 0.5");

    gated.answer(SHOP, FIRST, "passed", 2);
    till.finality().publish();
    DateState dirty = till.dates().get(FIRST);
    assertThat(dirty.state()).isEqualTo(State.DIRTY);
    assertThat(dirty.change().orElseThrow().reason()).isEqualTo("late");
  }

  @Test
  void aDuplicateOfASealedDateIsNotARefusal() {
    Till till = gated.till();
    gated.answer(SHOP, FIRST, "passed", 1);
    gated.answer(SHOP, SECOND, "passed", 1);
    till.reconcile(ALL);
    till.deliver("a", "2011-01-01T10:05:00Z", "north", 3).land();

    Outcome outcome = till.reconcile(new DateChoice.Dirty());
    assertThat(outcome.findings().holdsBack()).isFalse();
    assertThat(outcome.exitCode()).isEqualTo(ExitCode.FINE);

    till.deliver("new", "2011-01-01T11:05:00Z", "north", 3).land();
    Outcome waits = till.reconcile(new DateChoice.Dirty());
    assertThat(waits.word()).isEqualTo("waiting");
    assertThat(waits.exitCode()).isEqualTo(ExitCode.QUALITY_REFUSED);
    assertThat(waits.findings().refused()).isEmpty();
    assertThat(waits.findings().waiting()).extracting(HeldBack::date).containsExactly(FIRST);
  }

  @Test
  void aRunThatOnlyReportsComparesTheDateAllTheSame() {
    Till till = gated.till();
    gated.answer(SHOP, FIRST, "failed", 1);

    Outcome outcome = till.reconcile(ALL, true);

    assertThat(outcome.exitCode()).isEqualTo(ExitCode.DRIFT_NOT_REPAIRED);
    assertThat(outcome.findings().dates()).isEqualTo(2);
  }
}
