package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.ops.RefreshedBatch;
import io.tidemark.ops.Seal;
import io.tidemark.status.ClosingClock;
import io.tidemark.status.DimensionFingerprints;
import io.tidemark.status.EventsSnapshot;
import io.tidemark.status.RecomputationInputs;
import io.tidemark.status.ViewFinality;
import io.tidemark.view.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ViewFinalityTest {
  private static final LocalDate FIRST = LocalDate.parse("2011-01-01");
  private static final Duration DAY = Duration.ofDays(1);
  private static final Instant LATER = Instant.parse("2011-06-01T00:00:00Z");
  private static final Window HOUR = new Window(Duration.ofHours(1), Duration.ofHours(1));
  private static final Window SLIDING = new Window(Duration.ofHours(1), Duration.ofMinutes(15));

  private final SortedMap<LocalDate, Long> events = new TreeMap<>();
  private final SortedMap<LocalDate, Seal> seals = new TreeMap<>();
  private final Map<String, Long> products = Map.of("products", 7L);
  private DimensionFingerprints contents =
      new DimensionFingerprints(Map.of("products", "tea"), Map.of("products", Set.of(7L)));
  private String viewVersion = "v1";
  private Instant now = LATER;

  private ViewFinality finality(Window window, String watermark) {
    Optional<RefreshedBatch> refreshed =
        Optional.ofNullable(watermark)
            .map(
                reached ->
                    new RefreshedBatch(
                        "checkpoint",
                        0,
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        Optional.empty(),
                        Instant.parse(reached),
                        0,
                        0,
                        LATER));
    return new ViewFinality(
        "sales",
        window,
        FIRST,
        refreshed,
        seals,
        new RecomputationInputs(
            new EventsSnapshot(3, events), products, List.of(viewVersion, "v0"), DAY, contents),
        new ClosingClock(now, Duration.ofDays(1)),
        Set.of());
  }

  private void seal(int day, long events, String viewVersion) {
    LocalDate date = FIRST.plusDays(day);
    seals.put(
        date,
        new Seal(
            date,
            1,
            "00",
            events,
            1,
            OptionalLong.empty(),
            products,
            1,
            viewVersion,
            "run",
            LATER,
            Optional.of(DAY),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Map.of(),
            Optional.empty()));
  }

  @Test
  void aDateIsClosedOnceItsLastWindowHasEnded() {
    assertThat(finality(HOUR, "2011-01-02T00:00:00Z").lastClosed()).hasValue(FIRST);
    assertThat(finality(HOUR, "2011-01-01T23:59:59Z").lastClosed()).isEmpty();
    assertThat(finality(SLIDING, "2011-01-01T00:30:00Z").lastClosed()).isEmpty();
    assertThat(finality(SLIDING, "2011-01-01T00:45:00Z").lastClosed())
        .as("with windows that have events of the first date")
        .hasValue(FIRST.minusDays(1));
    assertThat(finality(SLIDING, "2011-01-02T00:00:00Z").lastClosed()).hasValue(FIRST.minusDays(1));
    assertThat(finality(SLIDING, "2011-01-02T00:45:00Z").lastClosed()).hasValue(FIRST);
    assertThat(finality(HOUR, null).lastClosed()).isEmpty();
  }

  @Test
  void noDateIsClosedThatIsNotOverByTheClock() {
    now = Instant.parse("2011-01-02T00:00:00Z");

    assertThat(finality(HOUR, "2011-01-02T23:00:00Z").lastClosed()).hasValue(FIRST);
    assertThat(finality(SLIDING, "2011-01-02T23:00:00Z").lastClosed()).hasValue(FIRST.minusDays(1));
    now = LATER.plusSeconds(1_000_000);
    assertThat(finality(HOUR, "2011-06-01T23:00:00Z").lastClosed())
        .as("nor by the clock that the refresh saw")
        .hasValue(LocalDate.parse("2011-05-31"));
  }

  @Test
  void aWatermarkFromTheFutureClosesNothingAndSaysTheWayBack() {
    ViewFinality finality = finality(HOUR, "2036-05-01T00:00:00Z");

    assertThat(finality.isAhead()).isTrue();
    assertThat(finality.closed()).isEmpty();
    assertThatThrownBy(() -> new DateChoice.Between(FIRST, FIRST).of(finality))
        .hasMessageContaining("to 2036-05-01T00:00:00Z, so none of its dates are closed")
        .hasMessageContaining("./tidemark stream --rebuild sales");
    assertThat(finality(HOUR, "2011-06-02T00:00:00Z").isAhead()).isFalse();
  }

  @Test
  void theTidemarkStopsBeforeTheFirstDateThatIsNotSealed() {
    seal(0, 0, "v1");
    seal(1, 0, "v1");
    seal(3, 0, "v1");

    assertThat(finality(HOUR, null).tidemark()).hasValue(FIRST.plusDays(1));
  }

  @Test
  void thereIsNoTidemarkWhileTheFirstDateIsNotSealed() {
    seal(1, 0, "v1");

    assertThat(finality(HOUR, null).tidemark()).isEmpty();
  }

  @Test
  void theTidemarkFallsBackBeforeADirtyDate() {
    seal(0, 0, "v1");
    seal(1, 5, "v1");
    events.put(FIRST.plusDays(1), 6L);

    assertThat(finality(HOUR, null).tidemark()).hasValue(FIRST);
    assertThat(finality(HOUR, null).dirty()).containsExactly(FIRST.plusDays(1));
  }

  @Test
  void anEventAfterMidnightDirtiesTheDateWhoseWindowsReachIt() {
    seal(0, 5, "v1");
    events.put(FIRST, 5L);
    events.put(FIRST.plusDays(1), 1L);

    assertThat(finality(HOUR, null).dirty()).isEmpty();
    assertThat(finality(SLIDING, null).dirty()).containsExactly(FIRST);
  }

  @Test
  void anotherViewOrDimensionMakesEveryDateDirty() {
    seal(0, 0, "v1");
    viewVersion = "v2";

    assertThat(finality(HOUR, null).dirty()).containsExactly(FIRST);
  }

  @Test
  void aSealThatHasAnEarlierNameOfTheSameViewHolds() {
    seal(0, 0, "v0");

    assertThat(finality(HOUR, null).dirty()).isEmpty();
  }

  @Test
  void dirtyDatesAreClosedOnesThatAreNotFinal() {
    seal(0, 0, "v1");
    seal(1, 1, "v1");

    assertThat(new DateChoice.Dirty().of(finality(HOUR, "2011-01-04T00:00:00Z")))
        .containsExactly(FIRST.plusDays(1), FIRST.plusDays(2));
  }

  @Test
  void anOpenDateIsRefusedWithTheLastClosedOne() {
    ViewFinality finality = finality(HOUR, "2011-01-03T00:00:00Z");

    assertThat(new DateChoice.Between(FIRST, FIRST.plusDays(1)).of(finality)).hasSize(2);
    assertThatThrownBy(() -> new DateChoice.Between(FIRST, FIRST.plusDays(2)).of(finality))
        .isInstanceOf(OpenDateException.class)
        .hasMessageContaining("the last closed date is 2011-01-02");
    assertThatThrownBy(() -> new DateChoice.Between(FIRST, FIRST).of(finality(HOUR, null)))
        .hasMessageContaining("never been refreshed");
  }
}
