package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lake.EditWatch;
import io.tidemark.status.DateSlices;
import io.tidemark.status.Review;
import io.tidemark.status.ViewFinality;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReviewIT {
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final DateChoice ALL = new DateChoice.AllClosed();
  private static final DateChoice DIRTY = new DateChoice.Dirty();

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

  /** Sales above nothing, of two dates, sealed. */
  private Till sealed(TableFormat format) {
    Till till =
        Till.withSql(
                lake,
                format,
                """
                SELECT window.start AS window_start, shop, count(*) AS sales, sum(amount) AS amount
                FROM events WHERE amount > 0 GROUP BY window(event_time, '1 hour'), shop""")
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-02T10:05:00Z", "north", 5)
            .land()
            .refresh(null, "2011-01-03T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 3),
                row("2011-01-02T10:00:00Z", "north", 1, 5));
    assertThat(till.reconcile(ALL).findings().sealed()).isEqualTo(2);
    return till;
  }

  @Test
  void deliveriesThatChangeNothingWithdrawNoSealAndAreLookedAtUntilTheNextReconciliation() {
    Till till = sealed(TableFormat.ICEBERG);
    till.deliver("a", "2011-01-01T10:05:00Z", "north", 3)
        .deliver("b", "2011-01-01T23:59:00Z", "north", 5)
        .deliver("c", "2011-01-01T10:05:00Z", "north", 0)
        .land();

    assertThat(till.dirty()).isEmpty();
    assertThat(till.status().tidemark()).isEqualTo(SECOND);
    ViewFindings other = till.reconcile(new DateChoice.Between(SECOND, SECOND)).findings();
    assertThat(other.tidemark()).isEqualTo(SECOND);

    ViewFindings again = till.reconcile(DIRTY).findings();

    assertThat(again.driftBefore()).isZero();
    assertThat(again.tidemark()).isEqualTo(SECOND);
    assertThat(till.reconcile(DIRTY).findings().dates()).isZero();
  }

  @Test
  void oneDeliveryThatCountsWithdrawsTheSealOfItsDateAlone() {
    Till till = sealed(TableFormat.ICEBERG);
    till.deliver("b", "2011-01-02T10:05:00Z", "north", 5)
        .deliver("c", "2011-01-01T10:05:00Z", "north", 1)
        .land();

    assertThat(till.dirty()).containsExactly(FIRST);
    assertThat(till.status().tidemark()).isNull();
    assertThat(till.reconcile(DIRTY).findings().causes()).isEqualTo(Map.of("late", 1L));
    assertThat(till.dirty()).isEmpty();
  }

  @Test
  void datesThatAreLookedAtOneByOneStandAsThoseThatAreLookedAtTogether() {
    Till till = sealed(TableFormat.ICEBERG);
    till.deliver("a", "2011-01-01T10:05:00Z", "north", 3)
        .deliver("c", "2011-01-02T10:05:00Z", "north", 1)
        .land();
    EditWatch watch =
        new EditWatch(
            lake.spark(), till.tables().pipeline(), till.tables().operations(), Clock.systemUTC());
    Map<String, ViewFinality> before =
        ViewFinality.now(
            lake.spark(),
            till.tables().pipeline(),
            till.tables().operations(),
            List.of(till.view()),
            Instant.now(),
            watch::peek);
    assertThat(before.get("sales").dirty()).containsExactly(FIRST, SECOND);

    ViewFinality oneByOne =
        Review.of(lake.spark(), List.of(till.view()), before, Map.of(), new DateSlices(1, 1, 0))
            .get("sales");

    assertThat(oneByOne.dirty()).containsExactly(SECOND).isEqualTo(till.dirty());
  }

  /** Edited by hand, the recomputation is what was sealed, but the view is not. */
  @Test
  void aDateWhoseViewIsNotWhatWasSealedIsNotFinalAgain() {
    Till till = sealed(TableFormat.ICEBERG);
    till.show(row("2011-01-01T11:00:00Z", "ghost", 1, 1))
        .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
        .land();

    assertThat(till.dirty()).containsExactly(FIRST);
  }

  @Test
  void aSealOfTheTimeBeforeTheLocalRuleIsProvenOnceMoreAndCountsIfItWasRight() {
    Till till = sealed(TableFormat.ICEBERG).sealAsOfOld(FIRST);

    assertThat(till.dirty()).isEmpty();
    assertThat(till.reconcile(DIRTY).findings().dates()).isEqualTo(1);
    assertThat(till.reconcile(DIRTY).findings().dates()).isZero();
  }

  /** Proven alone, the second date was right to have the id; the rule leaves it to the first. */
  @Test
  void aSealOfTheTimeBeforeTheLocalRuleIsDirtyIfItIsNotRightAnyMore() {
    Till till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T23:50:00Z", "north", 3)
            .deliver("a", "2011-01-02T00:10:00Z", "north", 3)
            .land()
            .refresh(null, "2011-01-03T00:00:00Z")
            .show(row("2011-01-01T23:00:00Z", "north", 1, 3));
    till.reconcile(ALL);
    till.show(row("2011-01-02T00:00:00Z", "north", 1, 3)).sealAsOfOld(SECOND);

    assertThat(till.dirty()).containsExactly(SECOND);
    assertThat(till.reconcile(DIRTY).findings().causes()).isEqualTo(Map.of("definition", 1L));
    assertThat(till.shown()).containsExactly("2011-01-01T23:00:00Z north 1 3");
  }
}
