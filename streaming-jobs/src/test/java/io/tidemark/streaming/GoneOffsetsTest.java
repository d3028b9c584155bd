package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.TopicPartition;
import io.tidemark.pipeline.Environment;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GoneOffsetsTest {
  private static final URI NOWHERE = URI.create("file:///nowhere");
  private final Map<TopicPartition, Long> wanted = new HashMap<>();
  private final Map<TopicPartition, PlannedSpan> extents = new HashMap<>();

  private GoneOffsets gone() {
    Environment environment =
        new Environment("kafka:9092", NOWHERE, NOWHERE, NOWHERE, Map.of(), Map.of(), Map.of());
    return GoneOffsets.of(new KafkaTopic("rides", environment, Optional.empty()), wanted, extents);
  }

  private void want(int partition, long offset) {
    wanted.put(new TopicPartition("rides", partition), offset);
  }

  private void has(int partition, long first, long end) {
    TopicPartition place = new TopicPartition("rides", partition);
    extents.put(place, new PlannedSpan(place, first, end));
  }

  @Test
  void whatIsGoneIsNamedWithItsPartitionAndTheWayOn() {
    want(0, 5);
    want(1, 3);
    want(2, 9);
    has(0, 8, 15);
    has(1, 3, 3);
    has(2, 12, 12);

    assertThat(gone().refusal(null))
        .hasMessageContaining("topic 'rides'")
        .hasMessageContaining(
            "the range [5, 8) of partition 0, the range [9, 12) of partition 2 are gone")
        .hasMessageContaining("./tidemark stream --accept-loss");
  }

  @Test
  void aPartitionThatWasAddedIsWantedFromItsFirstOffset() {
    want(0, 5);
    has(0, 5, 15);
    has(1, 0, 4);
    assertThat(gone().isEmpty()).isTrue();
    has(1, 2, 4);

    assertThat(gone().spans())
        .containsExactly(new PlannedSpan(new TopicPartition("rides", 1), 0, 2));
  }

  /** The first batch begins where the topic does, and accounts for what was before. */
  @Test
  void nothingIsWantedBeforeTheFirstBatch() {
    has(0, 25, 30);

    assertThat(gone().isEmpty()).isTrue();
  }

  @Test
  void aTopicThatHasBecomeShorterIsRefused() {
    want(0, 5);
    has(0, 0, 4);

    assertThatThrownBy(this::gone)
        .hasMessageContaining("its partition 0 ends with offset 4, but had landed up to offset 5");
    extents.clear();
    has(1, 0, 9);
    assertThatThrownBy(this::gone).hasMessageContaining("its partition 0 is gone");
  }
}
