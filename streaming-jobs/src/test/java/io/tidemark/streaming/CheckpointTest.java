package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint whose last files are not what Spark wrote. */
class CheckpointTest {
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

  @ParameterizedTest
  @ValueSource(strings = {"", "v1", "v3\n{}", "v1\n{\"next"})
  void soIsACommit(String text) throws IOException {
    write("commits/0", text);

    assertThatThrownBy(checkpoint::require).hasMessageContaining(folder + "/commits/0");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(folder.resolve(file), text);
  }
}
