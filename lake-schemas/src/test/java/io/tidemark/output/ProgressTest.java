package io.tidemark.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  private Progress tables(long planned) {
    PrintStream lines = new PrintStream(said, true, StandardCharsets.UTF_8);
    return Progress.lines("maintain", planned, "tables", lines);
  }

  /** Without how long it took. */
  private List<String> said() {
    return said.toString(StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst("[0-9.]+ s$", "T s"))
        .toList();
  }

  @Test
  void eachPartIsNamedAsItBegins() {
    try (Progress progress = tables(2)) {
      progress.atNext("retail.events");
      progress.step();
      progress.atNext("retail.products");
      progress.step();
    }

    assertThat(said())
        .containsExactly(
            "maintain ...",
            "maintain: retail.events (1 of 2)",
            "maintain: retail.products (2 of 2)",
            "maintain: 2 tables in T s");
  }

  @Test
  void aPhaseThatIsStoppedDoesNotReadLikeOneThatIsDone() {
    try (Progress progress = tables(16)) {
      progress.step(3);
    }

    assertThat(said())
        .containsExactly("maintain ...", "maintain: stopped after 3 of 16 tables, T s");
  }

  @Test
  void nobodySaysHowMuchOfAnUnknownNumberIsMissing() {
    try (Progress progress = tables(-1)) {
      progress.to(7);
    }

    assertThat(said()).containsExactly("maintain ...", "maintain: 7 tables in T s");
  }
}
