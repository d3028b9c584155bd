package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
  @TempDir Path lake;

  @Test
  void aProcessIdThatBelongsToAnotherProcessByNowIsNotOurs() throws IOException {
    Files.writeString(lake.resolve("broker.pid"), Long.toString(ProcessHandle.current().pid()));
    assertThat(ServerProcess.find("broker", lake)).isEmpty();
  }

  @Test
  void aFolderWithoutAPidFileHasNoServer() {
    assertThat(ServerProcess.find("broker", lake)).isEmpty();
  }

  @Test
  void aBrokenPidFileIsNamed() throws IOException {
    Path file = Files.writeString(lake.resolve("broker.pid"), "what?");
    assertThatThrownBy(() -> ServerProcess.find("broker", lake))
        .hasMessageContaining(file.toString());
  }
}
