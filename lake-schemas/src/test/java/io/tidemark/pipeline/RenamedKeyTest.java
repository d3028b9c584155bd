package io.tidemark.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key {@code patience} that was called {@code wait} before. */
class RenamedKeyTest {
  @TempDir private Path folder;
  private final List<String> warnings = new ArrayList<>();
  private Path file;
  private Document document;

  @BeforeEach
  void name() {
    file = folder.resolve("pipeline.yaml");
  }

  /** Of the section {@code registry}, whose other key is {@code url}. */
  private String patience(String... lines) throws IOException {
    Files.write(file, List.of(lines));
    document = Document.of(file, UnaryOperator.identity(), warnings::add);
    Section root = document.root();
    String patience = root.section("registry", RenamedKeyTest::registry);
    root.done();
    return patience;
  }

  private static String registry(Section section) {
    section.renamed("wait", "patience");
    section.optional("url", Value::text);
    String patience = section.optional("patience", "30 seconds", Value::text);
    section.done();
    return patience;
  }

  private List<String> problems() {
    return document.problems().list().stream().map(Problems.Problem::toString).toList();
  }

  @Test
  void theFormerNameWorksAndTheNewOneIsToldOnce() throws IOException {
    assertThat(patience("registry:", "  url: http://schemas", "  wait: 1 minute"))
        .isEqualTo("1 minute");
    assertThat(problems()).isEmpty();
    assertThat(warnings)
        .containsExactly(
            "'registry.wait' in %s, line 3, is now called 'registry.patience'. The old name still works."
                .formatted(file));
  }

  @Test
  void theNewNameAndNoneAreReadWithoutAWarning() throws IOException {
    assertThat(patience("registry: {patience: 2 minutes}")).isEqualTo("2 minutes");
    assertThat(patience("registry: {url: http://schemas}")).isEqualTo("30 seconds");
    assertThat(problems()).isEmpty();
    assertThat(warnings).isEmpty();
  }

  @Test
  void bothNamesAtOnceAreRefused() throws IOException {
    patience("registry:", "  wait: 1 minute", "  patience: 2 minutes");

    assertThat(problems())
        .containsExactly(
            file
                + ":2: registry.wait: This key is now called 'patience', which is set too. Remove"
                + " 'wait'.");
    assertThat(warnings).isEmpty();
  }

  @Test
  void aProblemOfAValueStandsAtTheNewName() throws IOException {
    patience("registry:", "  wait: [1 minute]");

    assertThat(problems())
        .containsExactly(file + ":2: registry.patience: A single text or number is expected here.");
  }

  @Test
  void anUnknownKeyIsNotLikenedToTheFormerName() throws IOException {
    patience("registry: {waits: 1 minute}");

    assertThat(problems()).singleElement().asString().contains("Unknown key.", "url, patience");
  }
}
