package io.tidemark.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the launcher does beyond starting Java. */
class LauncherIT {
  private static final Path NAMES = Path.of("src", "main", "launcher", "archived-classes.txt");

  private static final String RETAIL =
      Path.of("..", "conf", "retail").toAbsolutePath().normalize().toString();

  @TempDir private Path folder;

  @Test
  void everyClassToArchiveIsInADependency() throws IOException {
    List<String> names =
        Files.readAllLines(NAMES, UTF_8).stream().filter(line -> !line.startsWith("#")).toList();

    assertThat(names)
        .hasSizeGreaterThan(20_000)
        .as("%s says how to make it again", NAMES)
        .allSatisfy(
            name -> {
              URL place =
                  getClass().getClassLoader().getResource(name.replace('.', '/') + ".class");
              assertThat(place).as(name).isNotNull().hasProtocol("jar");
            });
  }

  @Test
  void verbsTakeTheirClassesFromTheArchive() throws InterruptedException {
    List<String> validate = List.of("validate", "--pipeline", RETAIL);
    try (LaunchedVerb verb = LaunchedVerb.start(folder, validate, "-Xlog:class+load:stdout")) {
      assertThat(verb.exitCode()).as(verb.errors()).isZero();
      assertThat(verb.output())
          .contains(SparkContext.class.getName() + " source: shared objects file (top)");
    }
  }

  /**
   * Named by bytes, since Java cannot name it where the locale of the tests knows no such letter.
   */
  @Test
  void aLakeIsInItsFolderWhateverItsNameAndDownLeavesNoAddressThatAnotherMayGet() throws Exception {
    String script =
        """
        set -euo pipefail
        unset LC_ALL LC_CTYPE; export LANG=C
        lake="$1/$(printf "o'brien's B\\303\\274ro 100%% \\360\\237\\231\\202")"
        ../tidemark up --lake "$lake" --registry folder
        [ -f "$lake/kafka/data/meta.properties" ]
        ../tidemark status --lake "$lake" --pipeline "$2"
        ../tidemark down --lake "$lake"
        grep 'brokers: not-running.invalid' "$lake/environment.yaml"
        [ "$(ls "$1" | wc -l)" -eq 1 ]
        """;
    Path lakes = Files.createDirectory(folder.resolve("lakes"));
    Process process =
        new ProcessBuilder("bash", "-c", script, "bash", lakes.toString(), RETAIL)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output)
        .contains(
            "Kafka at 127.0.0.1:", "Topic 'products' does not exist yet", "Stopped the broker")
        .doesNotContain("ERROR", "the lag is unknown");
  }
}
