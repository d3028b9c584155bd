package io.tidemark.pipeline;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/configuration.md} to the code, both ways. */
class ConfigurationDocumentTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| ([^|]+) \\| .+ \\|");

  /** Documented keys of one section, with their defaults. */
  private static Map<String, String> documented(String heading) throws IOException {
    String text = Files.readString(ROOT.resolve("docs/configuration.md"));
    String section = text.substring(text.indexOf("\n## " + heading + "\n") + 4).split("\n## ")[0];
    Map<String, String> keys = new TreeMap<>();
    Matcher row = ROW.matcher(section);
    while (row.find()) {
      keys.put(row.group(1), row.group(2));
    }
    return keys;
  }

  /** Keys that the code asked for; a dimension's replay is documented with the events'. */
  private static Map<String, String> asked(Document document) {
    return document.asked().entrySet().stream()
        .collect(
            toMap(
                key -> key.getKey().replace("dimensions[].replay.", "events[].replay."),
                key -> key.getValue().isEmpty() ? "none" : key.getValue(),
                (one, same) -> one,
                TreeMap::new));
  }

  @Test
  void everyKeyOfAPipelineIsDocumentedWithItsDefaultAndNoOther() throws IOException {
    Document document = Document.of(ROOT.resolve("conf/retail/pipeline.yaml"));
    PipelineFile.read(document);

    assertThat(documented("pipeline.yaml")).isEqualTo(asked(document));
  }

  @Test
  void everyKeyOfChecksOfQualityIsDocumentedWithItsDefaultAndNoOther() throws IOException {
    Document document = Document.of(ROOT.resolve("conf/retail/quality.yaml"));
    QualityFile.read(document, PipelineFile.read(ROOT.resolve("conf/retail")));

    assertThat(documented("quality.yaml")).isEqualTo(asked(document));
  }

  @Test
  void everyKeyOfAnEnvironmentIsDocumentedWithItsDefaultAndNoOther() throws IOException {
    Document document = Document.of(ROOT.resolve("conf/local.yaml"), name -> name);
    EnvironmentFile.read(document);

    assertThat(documented("Environment file")).isEqualTo(asked(document));
  }
}
