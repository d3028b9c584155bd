package io.tidemark.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TextTableTest {

  @Test
  void alignsTextLeftAndNumbersRight() {
    assertThat(new TextTable("view", "rows").row("sales", 7).row("returns", "1,234").toString())
        .isEqualToNormalizingNewlines(
            """
            view      rows
            sales        7
            returns  1,234
            """);
  }

  @Test
  void showsADashForWhatIsNotThere() {
    assertThat(new TextTable("view", "rows").row(null, null).toString())
        .isEqualToNormalizingNewlines(
            """
            view  rows
            -     -
            """);
  }

  @Test
  void refusesARowOfAnotherWidth() {
    assertThatThrownBy(() -> new TextTable("view").row("sales", 1))
        .hasMessage("Cannot add the row [sales, 1]: the columns are [view]");
  }
}
