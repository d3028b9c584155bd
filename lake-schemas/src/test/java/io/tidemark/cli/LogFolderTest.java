package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFolderTest {
  private static final String LOGS = "tidemark.logs";

  @TempDir private Path folder;
  private final Map<String, String> before = new HashMap<>();

  @BeforeEach
  void keep() {
    for (String property : new String[] {LOGS, LOGS + ".pattern", "tidemark.verb"}) {
      before.put(property, System.getProperty(property));
    }
  }

  @AfterEach
  void putBack() {
    before.forEach(
        (property, value) -> {
          if (value == null) {
            System.clearProperty(property);
          } else {
            System.setProperty(property, value);
          }
        });
  }

  @Test
  void aVerbLogsIntoTheLakeThatIsThere() throws Exception {
    Path lake = Files.createDirectory(folder.resolve("a lake"));
    assertThat(logs("status", "--lake", lake.toString())).isEqualTo(lake.resolve("logs"));
    assertThat(logs("status", "--lake=" + lake)).isEqualTo(lake.resolve("logs"));
  }

  @Test
  void onlyAVerbThatCreatesLakesLogsIntoOneThatIsNotThere() {
    Path lake = folder.resolve("mistyped");
    assertThat(logs("up", "--lake", lake.toString())).isEqualTo(lake.resolve("logs"));
    assertThat(logs("maintain", "--lake", lake.toString()).startsWith(folder)).isFalse();
  }

  @Test
  void aVerbThatFindsNoLakeInItsPlaceMakesNone() {
    assertThat(Path.of("lake")).doesNotExist();

    assertThat(logs("validate").endsWith("tidemark-logs-" + System.getProperty("user.name")))
        .isTrue();
    assertThat(logs("stream", "--environment=e.yaml").endsWith("lake/logs")).isTrue();
    assertThat(logs("demo").endsWith("lake/logs")).isTrue();
  }

  private static Path logs(String... arguments) {
    LogFolder.choose(arguments);
    return Path.of(System.getProperty(LOGS));
  }
}
