package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostsTest {
  @TempDir private Path folder;

  @Test
  void theyAreOfTheLastLandingsAndOfWhatEndedBetweenThem() throws Exception {
    QueryNotes notes =
        QueryNotes.of(
            Files.writeString(
                folder.resolve("queries.jsonl"),
                batch("land", 9_000, 10_000)
                    + batch("refresh", 9_000, 20_000)
                    + batch("land", 9_000, 21_000)
                    + batch("refresh", 700, 22_000)
                    + batch("land", 300, 23_000)
                    + batch("land", 500, 24_500)
                    + batch("refresh", 9_000, 90_000)
                    + batch("land", 9_000, 91_000)));

    Costs costs = Costs.before(4, 2, notes, "land");

    assertThat(costs.landingSeconds()).isEqualTo(0.3);
    assertThat(costs.refreshSeconds()).isEqualTo(0.7);
    assertThat(costs.cpuSeconds()).isCloseTo(3.5 / 3, within(1e-9));
  }

  @Test
  void aWindowLargerThanTheStreamHasBatchesBeginsAfterTheFirst() throws Exception {
    QueryNotes notes =
        QueryNotes.of(
            Files.writeString(
                folder.resolve("queries.jsonl"),
                batch("land", 900, 1_000) + batch("land", 300, 1_500)));

    Costs costs = Costs.before(2, 50, notes, "land");

    assertThat(costs.landingSeconds()).isEqualTo(0.3);
    assertThat(costs.refreshSeconds()).isNull();
    assertThat(costs.cpuSeconds()).isEqualTo(0.5);
  }

  private static String batch(String query, long millis, long cpu) {
    return "{\"what\":\"batch\",\"id\":\"1\",\"query\":\"%s\",\"at\":\"2026-01-01T00:00:00Z\",\"millis\":{\"triggerExecution\":%d},\"cpu\":%d}%n"
        .formatted(query, millis, cpu);
  }
}
