package io.tidemark.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.CheckpointFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaMemoryTest {
  @TempDir private Path folder;

  private SchemaMemory memory() {
    return SchemaMemory.in(
        new CheckpointFiles(
            new org.apache.hadoop.fs.Path(folder.toUri()), new Configuration(false)));
  }

  @Test
  void theSchemaThatRecordsWereLandedByIsThereWithoutARegistry() throws IOException {
    assertThat(memory().schema(7)).isEmpty();
    memory().keep(7, Click.SCHEMA);

    assertThat(memory().schema(7)).contains(Click.SCHEMA);
    assertThat(memory().schema(8)).isEmpty();
  }

  @Test
  void aFileThatACrashHasCutOffHoldsNone() throws IOException {
    memory().keep(7, Click.SCHEMA);
    Path file = folder.resolve("landed-schemas/7");
    String whole = Files.readString(file);
    Files.deleteIfExists(file.resolveSibling(".7.crc"));
    for (int length : new int[] {0, 5, whole.indexOf('\n') + 1, whole.length() - 3}) {
      Files.writeString(file, whole.substring(0, length));

      assertThat(memory().schema(7)).as("%d characters", length).isEmpty();
    }
  }
}
