package io.tidemark.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class WindowTest {
  private static final LocalDate DATE = LocalDate.of(2010, 12, 1);

  private static Window window(String length, String slide) {
    return new Window(Duration.parse(length), Duration.parse(slide));
  }

  @Test
  void hoursOfADateEndWithIt() {
    Window hour = window("PT1H", "PT1H");

    assertThat(hour.lastEndOf(DATE)).isEqualTo("2010-12-02T00:00:00Z");
    assertThat(hour.lastEventDateOf(DATE)).isEqualTo(DATE);
  }

  @Test
  void theLastSlidingWindowOfADateReachesPastMidnight() {
    Window sliding = window("PT1H", "PT15M");

    assertThat(sliding.lastEndOf(DATE)).isEqualTo("2010-12-02T00:45:00Z");
    assertThat(sliding.lastEventDateOf(DATE)).isEqualTo(DATE.plusDays(1));
  }

  @Test
  void slidesThatDoNotDivideADayAreCountedFromTheEpoch() {
    Window sevenHours = window("PT7H", "PT7H");

    assertThat(sevenHours.lastEndOf(DATE)).isEqualTo("2010-12-02T00:00:00Z");
    assertThat(sevenHours.lastEndOf(DATE.plusDays(1))).isEqualTo("2010-12-03T04:00:00Z");
  }

  @Test
  void aWindowLongerThanADayReadsTheDaysItReaches() {
    Window week = window("P7D", "P1D");

    assertThat(week.lastEndOf(DATE)).isEqualTo("2010-12-08T00:00:00Z");
    assertThat(week.lastEventDateOf(DATE)).isEqualTo(LocalDate.of(2010, 12, 7));
  }

  @Test
  void aDateOnWhichNoWindowStartsClosesWithTheWindowOverIt() {
    // 2010-12-01 is a Wednesday; weeks are counted from Thursday 1970-01-01.
    assertThat(window("P7D", "P7D").lastEndOf(DATE)).isEqualTo("2010-12-02T00:00:00Z");
    assertThat(window("P7D", "P7D").lastEndOf(DATE.plusDays(2))).isEqualTo("2010-12-09T00:00:00Z");
  }

  @Test
  void aDateBeforeTheEpochHasItsLastWindowToo() {
    assertThat(window("PT1H", "PT1H").lastEndOf(LocalDate.of(1969, 12, 31)))
        .isEqualTo(Instant.EPOCH);
  }

  @Test
  void aDateIsClosedWhenTheWatermarkReachesItsLastEnd() {
    Window sliding = window("PT1H", "PT15M");

    assertThat(sliding.isClosed(DATE, Instant.parse("2010-12-02T00:44:59.999999Z"))).isFalse();
    assertThat(sliding.isClosed(DATE, Instant.parse("2010-12-02T00:45:00Z"))).isTrue();
  }

  @Test
  void anEventOfADateCountsInWindowsOfTheDaysBefore() {
    assertThat(window("PT1H", "PT1H").firstDateOf(DATE)).isEqualTo(DATE);
    assertThat(window("P1D", "P1D").firstDateOf(DATE)).isEqualTo(DATE);
    assertThat(window("PT1H", "PT15M").firstDateOf(DATE)).isEqualTo(DATE.minusDays(1));
    assertThat(window("P2D", "PT1H").firstDateOf(DATE)).isEqualTo(DATE.minusDays(2));
    // The week from Thursday on in which that Wednesday is the last day.
    assertThat(window("P7D", "P7D").firstDateOf(DATE)).isEqualTo(LocalDate.of(2010, 11, 25));
    // Counted from the epoch, one window of seven hours begins with 2010-12-02, none with the next.
    assertThat(window("PT7H", "PT7H").firstDateOf(DATE.plusDays(1))).isEqualTo(DATE.plusDays(1));
    assertThat(window("PT7H", "PT7H").firstDateOf(DATE.plusDays(2))).isEqualTo(DATE.plusDays(1));
  }
}
