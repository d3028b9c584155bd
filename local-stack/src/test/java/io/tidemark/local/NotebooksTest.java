package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotebooksTest {
  private static final String TOUR = "01_tour.ipynb";

  @TempDir Path lake;

  @Test
  void aNotebookThatItsUserHasChangedStays() throws IOException {
    Notebooks notebooks = new Notebooks(lake);
    assertThat(notebooks.prepare()).isEmpty();
    assertThat(copy()).hasSameBinaryContentAs(original());
    Files.writeString(copy(), "mine");
    assertThat(notebooks.prepare()).isEmpty();
    assertThat(copy()).hasContent("mine");

    beOfAnEarlierVersion("12345678");
    assertThat(notebooks.prepare()).containsExactly(TOUR);
    assertThat(copy()).hasContent("mine");
  }

  /** The sum is the CRC of what is written into it. */
  @Test
  void oneThatNobodyHasChangedGivesWayToANewerOne() throws IOException {
    Notebooks notebooks = new Notebooks(lake);
    notebooks.prepare();
    Files.writeString(copy(), "as it was shipped");
    beOfAnEarlierVersion("1acafcac");
    assertThat(notebooks.prepare()).isEmpty();
    assertThat(copy()).hasSameBinaryContentAs(original());
  }

  @Test
  void oneThatWasOnlyRunGivesWayToANewerOneAndKeepsItsOutputsUntilThen() throws IOException {
    Notebooks notebooks = new Notebooks(lake);
    notebooks.prepare();
    String run = Files.readString(copy()).replaceFirst("\"outputs\": \\[\\]", "\"outputs\": [{}]");
    Files.writeString(copy(), run);
    assertThat(notebooks.prepare()).isEmpty();
    assertThat(copy()).hasContent(run);

    Files.writeString(copy(), "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"1\"]}]}");
    beOfAnEarlierVersion(sumOf("code1"));
    assertThat(notebooks.prepare()).isEmpty();
    assertThat(copy()).hasSameBinaryContentAs(original());
  }

  private static String sumOf(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }

  private Path copy() {
    return lake.resolve("notebooks").resolve(TOUR);
  }

  private static Path original() {
    return Notebooks.originals().resolve(TOUR);
  }

  private void beOfAnEarlierVersion(String sum) throws IOException {
    Path file = lake.resolve("notebooks/.tidemark.properties");
    Properties origins = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      origins.load(reader);
    }
    origins.setProperty(TOUR, sum);
    try (var writer = Files.newBufferedWriter(file)) {
      origins.store(writer, null);
    }
  }
}
