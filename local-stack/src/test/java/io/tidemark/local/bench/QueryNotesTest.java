package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryNotesTest {
  private static final String STARTED =
      """
      {"what":"started","id":"1","query":"land"}
      {"what":"started","id":"2","query":"refresh"}
      """;
  private static final String BATCH =
      """
      {"what":"batch","id":"1","query":"land","at":"2026-01-01T00:00:10.500Z","millis":{"addBatch":700,"triggerExecution":900},"cpu":1200}
      """;
  private static final String IDLE =
      """
      {"what":"idle","id":"1"}
      {"what":"idle","id":"2"}
      """;

  @TempDir private Path folder;

  @Test
  void aLineThatIsStillBeingWrittenIsNotReadYet() throws Exception {
    assertThat(notes(STARTED + "{\"what\":\"star").haveStarted(List.of("land", "refresh")))
        .isTrue();
    assertThat(notes(STARTED).haveStarted(List.of("other"))).isFalse();
    assertThat(QueryNotes.of(folder.resolve("absent")).lines()).isEmpty();
  }

  @Test
  void queriesAreIdleOnceAllHaveFoundNothingSinceTheLastBatch() throws Exception {
    assertThat(notes(STARTED + BATCH + IDLE).areIdle(0)).isTrue();
    assertThat(notes(STARTED + IDLE + BATCH + "{\"what\":\"idle\",\"id\":\"2\"}\n").areIdle(0))
        .isFalse();
    assertThat(notes(STARTED + IDLE).areIdle(3)).isFalse();
  }

  @Test
  void batchesAreThoseThatBeganWithinTheTime() throws Exception {
    Instant at = Instant.parse("2026-01-01T00:00:10.500Z");
    QueryNotes notes = notes(STARTED + BATCH);

    assertThat(notes.batches("land", at, at.plusMillis(1)))
        .containsExactly(
            new QueryNotes.Batch(
                "land",
                at,
                Duration.ofMillis(900),
                Map.of("addBatch", 700L, "triggerExecution", 900L),
                Duration.ofMillis(1_200)));
    assertThat(notes.batches("land", at.minusSeconds(1), at)).isEmpty();
    assertThat(notes.batches("refresh", at, at.plusMillis(1))).isEmpty();
  }

  private QueryNotes notes(String text) throws Exception {
    return QueryNotes.of(Files.writeString(folder.resolve("queries.jsonl"), text));
  }
}
