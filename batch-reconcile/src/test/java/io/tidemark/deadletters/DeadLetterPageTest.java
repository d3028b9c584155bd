package io.tidemark.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.schema.RecordText;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterPageTest {
  private static String page(byte[] value, String reason) {
    DeadLetter letter =
        new DeadLetter(
            "clicks",
            0,
            7,
            "web.land.clicks",
            3,
            Instant.EPOCH,
            null,
            null,
            List.of(),
            null,
            value,
            null,
            "header",
            reason,
            "what is wrong",
            null);
    return new DeadLetterPage(letter, RecordText.of(value, id -> Optional.empty())).text();
  }

  @Test
  void ofARecordWithoutAValueNothingIsFoundAtAByte() {
    assertThat(page(null, "null-value"))
        .containsPattern("reason +null-value\\R")
        .containsPattern("value +-\\R")
        .doesNotContain("found in", "unread", "byte");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void ofBytesItSaysHowFarTheyCanBeRead(int length) {
    boolean hasBytes = length > 0;

    assertThat(page(new byte[length], "empty").contains("found in its header")).isEqualTo(hasBytes);
    assertThat(page(new byte[length], "empty").contains("unread")).isEqualTo(hasBytes);
  }
}
