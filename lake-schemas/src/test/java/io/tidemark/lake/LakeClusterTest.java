package io.tidemark.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeClusterTest {
  @TempDir private Path folder;

  private LakeCluster lake() {
    return new LakeCluster(
        new org.apache.hadoop.fs.Path(folder.resolve("checkpoints/cluster-id").toUri()),
        new Configuration());
  }

  @Test
  void aLakeLearnsItsClusterAtItsFirstUseAndRefusesEveryOther() {
    assertThat(lake().mismatch("one:9092", "A")).isEmpty();
    assertThat(folder.resolve("checkpoints")).as("to look teaches nothing").doesNotExist();
    lake().require("one:9092", "A");

    assertThatCode(() -> lake().require("one.again:9092", "A")).doesNotThrowAnyException();
    assertThatThrownBy(() -> lake().require("two:9092", "B"))
        .hasMessageContaining("Kafka at two:9092")
        .hasMessageContaining("it is cluster B, and the lake is of cluster A")
        .hasMessageContaining("checkpoints/cluster-id");
    assertThat(lake().mismatch("two:9092", "B")).isPresent();
  }

  @Test
  void aFileThatWasCutOffIsWrittenAgain() throws Exception {
    Files.createDirectories(folder.resolve("checkpoints"));
    Files.writeString(folder.resolve("checkpoints/cluster-id"), "\n");

    lake().require("one:9092", "A");

    assertThatThrownBy(() -> lake().require("two:9092", "B")).hasMessageContaining("cluster A");
  }
}
