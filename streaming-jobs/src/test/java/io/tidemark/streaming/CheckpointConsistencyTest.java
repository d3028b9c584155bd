package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.pipeline.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointConsistencyTest {
  @TempDir private Path folder;
  private Checkpoint checkpoint;

  @BeforeEach
  void open() {
    checkpoint =
        new Checkpoint(
            new org.apache.hadoop.fs.Path(folder.resolve("land").toUri()), new Configuration());
  }

  /** As Spark keeps them: a file per batch. */
  private void batches(String log, int through) throws IOException {
    Path batches = Files.createDirectories(folder.resolve("land").resolve(log));
    for (int batch = 0; batch <= through; batch++) {
      Files.writeString(batches.resolve(Integer.toString(batch)), "");
    }
  }

  private void require(OptionalLong landed, String topicId) {
    Environment environment =
        new Environment(
            "kafka:9092",
            folder.toUri(),
            folder.toUri(),
            folder.toUri(),
            Map.of(),
            Map.of(),
            Map.of());
    CheckpointConsistency consistency =
        new CheckpointConsistency(
            "till.land.events",
            new KafkaTopic("sales", environment, Optional.empty()),
            checkpoint,
            landed);
    consistency.requireTables();
    consistency.requireTopic(Optional.ofNullable(topicId));
  }

  @Test
  void aFirstStartAndEveryRestartAreLetThrough() throws IOException {
    require(OptionalLong.empty(), "topic-1");
    assertThat(checkpoint.topic()).contains("topic-1");
    batches("offsets", 6);
    require(OptionalLong.empty(), "topic-1");
    batches("commits", 5);

    // Killed before or after the ledger was written, or the last commits were lost.
    for (long landed : new long[] {5, 6}) {
      require(OptionalLong.of(landed), "topic-1");
    }
    require(OptionalLong.of(6), null);
    Files.delete(folder.resolve("land/commits/5"));
    require(OptionalLong.of(6), "topic-1");
  }

  @Test
  void aCheckpointThatIsBehindTheLedgerIsRefused() throws IOException {
    assertThatThrownBy(() -> require(OptionalLong.of(5), "topic-1"))
        .hasMessageContaining("land is empty, but the ledger has its batches up to 5");
    batches("offsets", 3);
    batches("commits", 3);

    assertThatThrownBy(() -> require(OptionalLong.of(5), "topic-1"))
        .hasMessageContaining("land ends with batch 3, but the ledger has its batches up to 5");
    assertThat(checkpoint.topic()).as("a refused start leaves nothing").isEmpty();
  }

  @Test
  void aLedgerThatIsBehindTheCheckpointIsRefused() throws IOException {
    batches("offsets", 3);
    batches("commits", 3);

    assertThatThrownBy(() -> require(OptionalLong.of(2), "topic-1"))
        .hasMessageContaining("batches up to 3 have landed, but the ledger has them up to 2")
        .hasMessageNotContaining("another checkpoints folder");
    assertThatThrownBy(() -> require(OptionalLong.empty(), "topic-1"))
        .hasMessageContaining("but the ledger has none of them")
        .hasMessageContaining("name another checkpoints folder");
  }

  @Test
  void anotherTopicIsRefusedWithTheWayOutOnceOffsetsAreKnown() throws IOException {
    require(OptionalLong.empty(), "topic-1");
    require(OptionalLong.empty(), "topic-2");
    assertThat(checkpoint.topic()).as("nothing was planned of the first").contains("topic-2");
    batches("offsets", 0);

    assertThatThrownBy(() -> require(OptionalLong.empty(), "topic-1"))
        .hasMessageContaining("topic 'sales' of kafka:9092 is not the topic of its checkpoint")
        .hasMessageContaining("since nothing of it has landed, delete the folder");
    assertThatThrownBy(() -> require(OptionalLong.of(0), "topic-1"))
        .hasMessageContaining("land/topic-id");
    Files.delete(folder.resolve("land/topic-id"));
    assertThatCode(() -> require(OptionalLong.of(0), "topic-1")).doesNotThrowAnyException();
  }
}
