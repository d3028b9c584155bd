package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.TopicPartition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final TopicPartition FIRST = new TopicPartition("rides", 0);
  private static final TopicPartition SECOND = new TopicPartition("rides", 1);
  private static final String METADATA =
      "{\"batchWatermarkMs\":0,\"batchTimestampMs\":1299222000123,\"conf\":{}}";

  @TempDir private Path folder;
  private Checkpoint checkpoint;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("offsets"));
    Files.createDirectories(folder.resolve("commits"));
    write("offsets/0", "v1\n" + METADATA + "\n{\"rides\":{\"0\":5}}");
    write("offsets/1", "v1\n" + METADATA + "\n{\"rides\":{\"0\":9}}");
    write("commits/0", "v1\n{\"nextBatchWatermarkMs\":0}");
    checkpoint =
        new Checkpoint(new org.apache.hadoop.fs.Path(folder.toString()), new Configuration());
  }

  @Test
  void whatSparkWritesIsGoneOnFrom() {
    assertThatCode(checkpoint::requireTopic).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v1",
        "v1\n{\"batchWatermarkM",
        "v2\n" + METADATA + "\n{\"0\":\"{}\"}",
        "v1\n" + METADATA,
        "v1\n" + METADATA + "\n{\"rides\":",
        "v1\n" + METADATA + "\n-",
        "v1\n" + METADATA + "\n{\"rides\":{\"0\":9}}\n{\"rides\":{\"0\":9}}"
      })
  void aLastFileThatIsNotAsSparkWritesItIsRefusedByName(String text) throws IOException {
    write("offsets/1", text);

    assertThatThrownBy(checkpoint::require)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(folder + "/offsets/1 is not in the format of Spark 4.1")
        .hasMessageContaining("docs/operations.md");
  }

  @Test
  void soAreOffsetsThatAreNotNumbers() throws IOException {
    write("offsets/1", "v1\n" + METADATA + "\n{\"rides\":{\"0\":\"ten\"}}");

    assertThatThrownBy(checkpoint::requireTopic).hasMessageContaining("offsets/1");
  }

  @Test
  void whatSomebodyElseHasPlannedOrCommittedIsNotReplaced() throws IOException {
    checkpoint.plan(2, Map.of(FIRST, 9L));
    checkpoint.commit(1);
    String planned = Files.readString(folder.resolve("offsets/2"));

    assertThatThrownBy(() -> checkpoint.plan(2, Map.of(FIRST, 0L)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("offsets/2")
        .hasMessageContaining("another stream");
    assertThatThrownBy(() -> checkpoint.commit(1)).hasMessageContaining("commits/1");
    assertThat(folder.resolve("offsets/2")).hasContent(planned);
    try (Stream<Path> files = Files.list(folder.resolve("offsets"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("0", "1", "2");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "v1", "v3\n{}", "v1\n{\"next"})
  void soIsACommit(String text) throws IOException {
    write("commits/0", text);

    assertThatThrownBy(checkpoint::require).hasMessageContaining(folder + "/commits/0");
  }

  @Test
  void aNewOneIsEmptyAndWantsNothing() {
    Checkpoint absent =
        new Checkpoint(
            new org.apache.hadoop.fs.Path(folder.resolve("absent").toString()),
            new Configuration());

    absent.requireTopic();
    assertThat(absent.isEmpty()).isTrue();
    assertThat(absent.wanted()).isEmpty();
    assertThat(absent.lastCommitted()).isEmpty();
    assertThat(absent.topic()).isEmpty();
  }

  @Test
  void whatSparkHadBegunToWriteWhenItWasKilledIsNoBatch() throws IOException {
    write("offsets/.2.tmp", "v1\n" + METADATA + "\n{\"rides\":{\"0\":12}}");
    write("offsets/.2.crc", "crc");

    assertThat(checkpoint.lastPlanned()).hasValue(1);
  }

  @Test
  void aBatchIsWhatCameSinceTheOneBefore() throws IOException {
    write("offsets/1", "v1\n" + METADATA + "\n{\"rides\":{\"0\":5,\"1\":3}}");

    assertThat(checkpoint.planned(0))
        .as("the first accounts for what was gone before it began, too")
        .containsExactly(new PlannedSpan(FIRST, 0, 5));
    assertThat(checkpoint.planned(1))
        .as("a partition was added, the other has no more")
        .containsExactly(new PlannedSpan(SECOND, 0, 3));
  }

  @Test
  void aBatchWhosePredecessorIsGoneIsNotGuessed() throws IOException {
    Files.delete(folder.resolve("offsets/0"));

    assertThatThrownBy(() -> checkpoint.planned(1)).hasMessageContaining("offsets/0");
  }

  @Test
  void aBatchThatWasPlannedAndIsNotDoneIsWantedAgain() throws IOException {
    assertThat(checkpoint.wanted()).isEqualTo(Map.of(FIRST, 5L));

    write("commits/1", "v1\n{\"nextBatchWatermarkMs\":0}");

    assertThat(checkpoint.wanted()).isEqualTo(Map.of(FIRST, 9L));
  }

  @Test
  void theFirstBatchThatIsNotDoneIsWantedFromWhereItBegan() throws IOException {
    Files.delete(folder.resolve("offsets/1"));
    Files.delete(folder.resolve("commits/0"));
    Files.createDirectories(folder.resolve("sources/0"));
    write("sources/0/0", "\0v1\n{\"rides\":{\"0\":2}}");

    assertThat(checkpoint.wanted()).isEqualTo(Map.of(FIRST, 2L));

    write("sources/0/0", "\0v1\n{\"rid");
    assertThatThrownBy(checkpoint::wanted).hasMessageContaining(folder + "/sources/0/0");
  }

  @Test
  void aRepeatedBatchHasTheTimeAndTheWatermarkThatItWasPlannedWith() throws IOException {
    assertThat(checkpoint.plannedAt(1)).isEqualTo(Instant.parse("2011-03-04T07:00:00.123Z"));
    assertThat(checkpoint.watermark(1)).as("none yet").isEmpty();

    write(
        "offsets/1",
        "v1\n"
            + METADATA.replace("\"batchWatermarkMs\":0", "\"batchWatermarkMs\":1299222000000")
            + "\n{\"rides\":{\"0\":9}}");

    assertThat(checkpoint.watermark(1)).contains(Instant.parse("2011-03-04T07:00:00Z"));
  }

  @Test
  void aTopicWhoseIdWasCutOffIsNotKnown() throws IOException {
    write("topic-id", "\n");
    assertThat(checkpoint.topic()).isEmpty();

    checkpoint.keepTopic("topic-1");

    assertThat(checkpoint.topic()).contains("topic-1");
  }

  @Test
  void aBatchCanBePlannedAndDoneWithoutSpark() throws IOException {
    write("commits/1", "v1\n{\"nextBatchWatermarkMs\":7}");

    checkpoint.plan(2, Map.of(FIRST, 20L));
    assertThat(checkpoint.wanted()).as("planned, not done").isEqualTo(Map.of(FIRST, 9L));
    checkpoint.commit(2);

    checkpoint.requireTopic();
    assertThat(checkpoint.lastCommitted()).hasValue(2);
    assertThat(checkpoint.planned(2)).containsExactly(new PlannedSpan(FIRST, 9, 20));
    assertThat(checkpoint.plannedAt(2)).isEqualTo(checkpoint.plannedAt(1));
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }
}
