package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each jar for spark-submit brings along, as a list that is checked in: whatever a cluster has
 * already must not come a second time, in another version.
 */
class ShippedJarsIT {
  private static final int DEPTH = 3;

  @ParameterizedTest
  @ValueSource(strings = {"streaming-jobs", "batch-reconcile", "data-quality"})
  void aJarShipsWhatItsListSays(String module) throws Exception {
    Path jar = Path.of("..", module, "target", module + ".jar");
    assertThat(packages(jar))
        .isEqualTo(Files.readAllLines(Path.of("src/test/resources/shipped", module + ".txt")));
  }

  /** Folders that classes stand in, to a depth at which a library shows. */
  private static List<String> packages(Path jar) throws Exception {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.stream()
          .map(entry -> entry.getName())
          .filter(name -> name.endsWith(".class") && name.contains("/"))
          .map(name -> name.substring(0, name.lastIndexOf('/')))
          .map(ShippedJarsIT::shortened)
          .distinct()
          .sorted()
          .toList();
    }
  }

  private static String shortened(String folder) {
    String[] parts = folder.split("/");
    return String.join("/", List.of(parts).subList(0, Math.min(DEPTH, parts.length)));
  }
}
