package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PercentTest {
  @Test
  void hasTwoDecimalsAndNeverRoundsUpToAll() {
    assertThat(Percent.of(1)).isEqualTo("100.00 %");
    assertThat(Percent.of(0.999999)).isEqualTo("99.99 %");
    assertThat(Percent.of(0.57)).isEqualTo("57.00 %");
    assertThat(Percent.of(0)).isEqualTo("0.00 %");
  }
}
