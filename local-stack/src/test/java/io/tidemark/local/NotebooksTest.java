package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
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
