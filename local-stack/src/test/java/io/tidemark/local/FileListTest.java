package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileListTest {
  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectories(folder.resolve("lib"));
    Files.writeString(folder.resolve("lib/a b.jar"), "content");
    Files.createFile(folder.resolve("NOTICE"));
  }

  @Test
  void aFolderThatWasNeverCompleteHoldsNothing() {
    assertThat(FileList.holds(folder)).isFalse();
    assertThat(FileList.holds(folder.resolve("absent"))).isFalse();
  }

  @Test
  void aFileThatIsMissingOrShorterIsSeen() throws IOException {
    FileList.write(folder);
    assertThat(FileList.holds(folder)).isTrue();
    Files.writeString(folder.resolve("lib/a b.jar"), "conten");
    assertThat(FileList.holds(folder)).isFalse();
    Files.delete(folder.resolve("lib/a b.jar"));
    assertThat(FileList.holds(folder)).isFalse();
  }
}
