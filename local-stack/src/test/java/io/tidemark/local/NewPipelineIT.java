package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows docs/new-pipeline.md: writes its files, runs its commands, and expects what it says they
 * print.
 */
class NewPipelineIT {
  private static final Path PAGE = Path.of("..", "docs", "new-pipeline.md");
  private static final Pattern FENCE =
      Pattern.compile("(?ms)^```(\\w+)(?: file=(\\S+))?\\n(.*?)^```$");

  @TempDir private Path folder;
  private final Map<String, String> printed = new HashMap<>();

  @Test
  void thePageLeadsToASealedNumber() throws Exception {
    List<String> expected = new ArrayList<>();
    try {
      for (MatchResult fence : FENCE.matcher(Files.readString(PAGE)).results().toList()) {
        if (fence.group(2) != null) {
          Path file = folder.resolve(fence.group(2));
          Files.createDirectories(file.getParent());
          Files.writeString(file, fence.group(3));
        } else if (fence.group(1).equals("sh")) {
          for (String line : fence.group(3).lines().toList()) {
            run(line);
          }
        } else {
          expected.add(fence.group(3));
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
    Process process =
        new ProcessBuilder("bash", "-c", line.replaceFirst("^\\./tidemark", "'" + launcher + "'"))
            .directory(folder.toFile())
            .redirectError(errors.toFile())
            .start();
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
