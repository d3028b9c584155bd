package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class OutcomeOptionsTest {
  private static final String LINK = "spark.hadoop.fs.viewfs.mounttable.outcomes.link./there";

  @TempDir private Path folder;

  /** A file system that only the settings know that the application was submitted with. */
  @Test
  void aFailureBeforeSparkHasStartedIsWrittenByTheSettingsOfSparkSubmit() throws Exception {
    OutcomeOptions outcome =
        CommandLine.populateCommand(
            new OutcomeOptions(), "--outcome", "viewfs://outcomes/there/ended.json");
    System.setProperty(LINK, folder.toUri().toString());
    IllegalStateException failure = new IllegalStateException("Cannot read the file");
    try {
      outcome.failed(failure);
    } finally {
      System.clearProperty(LINK);
    }

    assertThat(failure.getSuppressed()).isEmpty();
    assertThat(Files.readString(folder.resolve("ended.json")))
        .isEqualTo("{\"outcome\":\"failed\",\"exit_code\":1,\"message\":\"Cannot read the file\"}");
  }
}
