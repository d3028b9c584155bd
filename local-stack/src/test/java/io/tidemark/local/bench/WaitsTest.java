package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WaitsTest {
  @Test
  void aPercentileIsTheTimeWithinWhichSoManyOfAHundredWereDone() {
    Waits waits =
        new Waits(new TreeMap<>(Map.of(1_000L, 50L, 2_000L, 45L, 3_000L, 4L, 9_500L, 1L)));

    assertThat(waits.count()).isEqualTo(100);
    assertThat(waits.seconds(50)).isEqualTo(1);
    assertThat(waits.seconds(51)).isEqualTo(2);
    assertThat(waits.seconds(95)).isEqualTo(2);
    assertThat(waits.seconds(99)).isEqualTo(3);
    assertThat(waits.seconds(100)).isEqualTo(9.5);
  }

  @Test
  void ofThreeTheSecondIsTheMedian() {
    Waits waits =
        Waits.of(List.of(Duration.ofMillis(9), Duration.ofMillis(5), Duration.ofMillis(7)));

    assertThat(waits.seconds(50)).isEqualTo(0.007);
  }

  @Test
  void ofNoneThereIsNoPercentile() {
    assertThat(Waits.of(List.of()).seconds(95)).isNull();
  }
}
