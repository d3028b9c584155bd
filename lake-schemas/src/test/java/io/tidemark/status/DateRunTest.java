package io.tidemark.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

class DateRunTest {
  private static LocalDate january(int day) {
    return LocalDate.of(2011, 1, day);
  }

  @Test
  void datesAreGroupedIntoTheFewestRuns() {
    assertThat(DateRun.of(List.of(january(5), january(1), january(2), january(4), january(2))))
        .containsExactly(new DateRun(january(1), january(2)), new DateRun(january(4), january(5)));
    assertThat(DateRun.of(List.of())).isEmpty();
  }

  @Test
  void aRunHoldsBothItsEnds() {
    assertThat(new DateRun(january(1), january(3)).dates())
        .containsExactly(january(1), january(2), january(3));
  }

  @Test
  void aRunThatEndsBeforeItStartsIsRefused() {
    assertThatThrownBy(() -> new DateRun(january(2), january(1)))
        .hasMessage("Cannot go from date 2011-01-02 to 2011-01-01: it is earlier");
  }
}
