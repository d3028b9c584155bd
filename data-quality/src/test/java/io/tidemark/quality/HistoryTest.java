package io.tidemark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.QualityAnomaly;
import io.tidemark.pipeline.QualityAnomaly.By;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final History.Series ROWS =
      new History.Series("plant.readings", "Size", "*", null);

  /** A Monday. */
  private static final LocalDate FIRST = LocalDate.of(2024, 1, 1);

  private static QualityAnomaly deviations(By by, int history, int least) {
    return new QualityAnomaly(
        by, history, least, Optional.of(BigDecimal.valueOf(3)), Optional.empty(), Optional.empty());
  }

  private static QualityAnomaly change(String least, String most) {
    return new QualityAnomaly(
        By.DATE,
        5,
        1,
        Optional.empty(),
        Optional.ofNullable(least).map(BigDecimal::new),
        Optional.ofNullable(most).map(BigDecimal::new));
  }

  private static History history(double... values) {
    History history = new History();
    for (int i = 0; i < values.length; i++) {
      history.put(ROWS, FIRST.plusDays(i), values[i]);
    }
    return history;
  }

  private static boolean isAnomalous(
      History history, int day, double value, QualityAnomaly anomaly) {
    return history.judge(ROWS, FIRST.plusDays(day), value, anomaly).isAnomalous();
  }

  @Test
  void aValueFarFromTheMeanIsAnAnomalyAndANearOneIsNot() {
    History history = history(100, 102, 98, 101, 99);

    assertThat(isAnomalous(history, 5, 103, deviations(By.DATE, 28, 4))).isFalse();
    assertThat(isAnomalous(history, 5, 110, deviations(By.DATE, 28, 4))).isTrue();
    assertThat(isAnomalous(history, 5, 90, deviations(By.DATE, 28, 4))).isTrue();
  }

  @Test
  void nothingIsSaidWhileThereIsTooLittleToCompareWith() {
    History.Verdict verdict =
        history(100, 102).judge(ROWS, FIRST.plusDays(2), 5000, deviations(By.DATE, 28, 3));

    assertThat(verdict.isAnomalous()).isFalse();
    assertThat(verdict.message()).contains("only 2 earlier dates to compare with; 3 are needed");
  }

  @Test
  void aWeekdayIsComparedWithTheSameWeekday() {
    History history = new History();
    for (int day = 0; day < 28; day++) {
      boolean isSunday = FIRST.plusDays(day).getDayOfWeek().getValue() == 7;
      history.put(ROWS, FIRST.plusDays(day), isSunday ? day % 2 : 1000 + day % 2);
    }

    // A Monday, and the Sunday after.
    assertThat(isAnomalous(history, 28, 2, deviations(By.WEEKDAY, 12, 4))).isTrue();
    assertThat(isAnomalous(history, 34, 1, deviations(By.WEEKDAY, 12, 4))).isFalse();
    assertThat(isAnomalous(history, 34, 1000, deviations(By.WEEKDAY, 12, 4))).isTrue();
  }

  @Test
  void laterDatesAndThoseBeforeTheHistoryDoNotCount() {
    History history = history(5000, 100, 102, 98, 100, 9000);

    assertThat(isAnomalous(history, 5, 5000, deviations(By.DATE, 4, 4))).isTrue();
    assertThat(isAnomalous(history, 4, 9000, deviations(By.DATE, 3, 3))).isTrue();
  }

  @Test
  void aChangeIsMeasuredAgainstTheLastValue() {
    History history = history(10, 100);

    assertThat(isAnomalous(history, 2, 199, change("0.5", "2"))).isFalse();
    assertThat(isAnomalous(history, 2, 201, change("0.5", "2"))).isTrue();
    assertThat(isAnomalous(history, 2, 49, change("0.5", null))).isTrue();
    assertThat(isAnomalous(history, 2, 4900, change("0.5", null))).isFalse();
  }

  @Test
  void aValueThatIsNotANumberIsAnAnomalyAndNoHistory() {
    assertThat(isAnomalous(history(1, 2, 1), 3, Double.NaN, deviations(By.DATE, 5, 2))).isTrue();
    assertThat(isAnomalous(history(1, Double.NaN, 2), 3, 1.5, deviations(By.DATE, 5, 2))).isFalse();
  }

  @Test
  void theSameValueDayAfterDayIsWhatIsExpected() {
    assertThat(isAnomalous(history(7, 7, 7, 7), 4, 7, deviations(By.DATE, 5, 4))).isFalse();
    assertThat(isAnomalous(history(7, 7, 7, 7), 4, 8, deviations(By.DATE, 5, 4))).isTrue();
  }

  @Test
  void aBoundThatIsNotGivenIsOpenAlsoAfterZero() {
    assertThat(isAnomalous(history(0), 1, 5, change("0.5", null))).isFalse();
    assertThat(isAnomalous(history(0), 1, -5, change(null, "2"))).isFalse();
    assertThat(isAnomalous(history(8), 1, 2, change("0.5", null))).isTrue();
  }

  @Test
  void afterZeroEverythingButZeroIsAChange() {
    assertThat(isAnomalous(history(0), 1, 0, change("0.5", "2"))).isFalse();
    assertThat(isAnomalous(history(0), 1, 1, change("0.5", "2"))).isTrue();
  }
}
