package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows docs/new-pipeline.md: writes its files, runs its commands, and expects what it says they
 * print.
 */
class NewPipelineIT {
  private static final Path PAGE = Page.ROOT.resolve("docs/new-pipeline.md");

  @TempDir private Path folder;
  private final Map<String, String> printed = new HashMap<>();

  @Test
  void thePageLeadsToASealedNumber() throws Exception {
    List<String> expected = new ArrayList<>();
    try {
      for (Page.Block block : Page.read(PAGE).blocks()) {
        if (block.file().isPresent()) {
          Path file = folder.resolve(block.file().get());
          Files.createDirectories(file.getParent());
          Files.writeString(file, block.body());
        } else if (block.language().equals("sh")) {
          for (String line : block.body().lines().toList()) {
            run(line);
          }
        } else {
          expected.add(block.body());
        }
      }
    } finally {
      LocalStack.stop(folder.resolve("rides-lake"));
    }
    assertThat(expected).hasSize(1);
    assertThat(printedBy("query")).isEqualToNormalizingNewlines(expected.get(0));
    assertThat(printedBy("status")).contains("2024-05-02");
  }

  private void run(String line) throws Exception {
    assertThat(line).startsWith("./tidemark ");
    Path errors = folder.resolve("errors.log");
    String launcher = Path.of("..", "tidemark").toAbsolutePath().normalize().toString();
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", line.replaceFirst("^\\./tidemark", "'" + launcher + "'"))
            .directory(folder.toFile())
            .redirectError(errors.toFile());
    builder.environment().put(LaunchedVerb.JAVA_OPTIONS, LaunchedVerb.FOR_FEW_ROWS);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as("%s%n%s%n%s", line, out, Files.readString(errors)).isZero();
    printed.put(line, out);
  }

  private String printedBy(String verb) {
    return printed.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("./tidemark " + verb + " "))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }
}
