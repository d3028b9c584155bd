package io.tidemark.streaming;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class StreamUpkeepTest {
  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void aStreamThatStopsDoesNotWaitForTheNextRun() {
    StreamUpkeep upkeep =
        StreamUpkeep.start(
            null,
            () -> {
              throw new IllegalStateException("an hour has not passed");
            },
            HOUR,
            HOUR);
    await().until(StreamUpkeepTest::isThere);

    upkeep.end();

    await().until(() -> !isThere());
  }

  private static boolean isThere() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("maintain"));
  }
}
