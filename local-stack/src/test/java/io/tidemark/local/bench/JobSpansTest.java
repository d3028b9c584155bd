package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JobSpansTest {
  private final JobSpans spans = new JobSpans();

  @Test
  void jobsThatRunAtOnceCountOnce() {
    spans.begin(1_000);
    spans.begin(1_200);
    spans.end(1_500);
    spans.end(2_000);
    spans.begin(3_000);
    spans.end(3_500);

    assertThat(spans.seconds()).isEqualTo(1.5);
    assertThat(spans.cover(999)).isFalse();
    assertThat(spans.cover(1_000)).isTrue();
    assertThat(spans.cover(1_999)).isTrue();
    assertThat(spans.cover(2_000)).isFalse();
    assertThat(spans.cover(3_400)).isTrue();
  }

  @Test
  void oneThatGoesOnIsNotForgotten() {
    spans.begin(1_000);
    spans.clear();
    spans.end(1_500);

    assertThat(spans.seconds()).isEqualTo(0.5);
  }
}
