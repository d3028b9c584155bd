package io.tidemark.local.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShareTest {
  @Test
  void aShareIsAPercentageOrAFraction() {
    assertThat(Share.of("0.05%").value()).isEqualByComparingTo("0.0005");
    assertThat(Share.of("0.05").value()).isEqualByComparingTo("0.05");
  }

  @Test
  void aShareIsNotMoreThanTheWhole() {
    assertThatThrownBy(() -> Share.of("101%"))
        .hasMessage(
            "Cannot use a share of 1.01: write one between 0 and 1, or between 0% and 100%");
    assertThatThrownBy(() -> Share.of("many")).hasMessageContaining("'many'");
  }
}
