package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.landing.TopicPartition;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Spark's file as Spark writes it, and doctored. */
class OffsetLogTest {
  private static final String FILE = "file:/checkpoints/land/offsets/3";
  private static final String WRITTEN =
      """
      v1
      {"batchWatermarkMs":1299218400000,"batchTimestampMs":1299222000123,"conf":{"a":"b"}}
      {"sales":{"1":7,"0":12}}""";

  private static OffsetLog doctored(UnaryOperator<String> change) {
    String text = change.apply(WRITTEN);
    assertThat(text).isNotEqualTo(WRITTEN);
    return OffsetLog.parse(FILE, text);
  }

  @Test
  void whatSparkWritesIsRead() {
    OffsetLog log = OffsetLog.parse(FILE, WRITTEN);

    assertThat(log.watermark()).contains(Instant.parse("2011-03-04T06:00:00Z"));
    assertThat(log.plannedAt()).isEqualTo("2011-03-04T07:00:00.123Z");
    assertThat(log.ends())
        .isEqualTo(Map.of(new TopicPartition("sales", 0), 12L, new TopicPartition("sales", 1), 7L));
    assertThat(doctored(text -> text.replace("1299218400000", "0")).watermark()).isEmpty();
    assertThat(OffsetLog.beginning(FILE, "\0v1\n{\"sales\":{\"0\":5}}"))
        .isEqualTo(Map.of(new TopicPartition("sales", 0), 5L));
  }

  @ParameterizedTest
  @CsvSource({
    "v1, v2, its format is 'v2'",
    "v1, '', its format is ''",
    "'{\"sales\"', '{\"sales\":{\"0\":1}}\n{\"sales\"', it has 4 lines",
    "'\n{\"sales\":{\"1\":7,\"0\":12}}', '', it has 2 lines",
    "batchWatermarkMs, batchWatermark, its metadata has no number 'batchWatermarkMs'",
    "1299222000123, '\"soon\"', its metadata has no number 'batchTimestampMs'",
    "'{\"batch', '[\"batch', is not JSON"
  })
  void anythingElseIsRefusedByTheNameOfTheFile(String written, String instead, String why) {
    assertThatThrownBy(() -> doctored(text -> text.replaceFirst(quoted(written), instead)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(FILE)
        .hasMessageContaining(why)
        .hasMessageContaining("Restore the file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-",
        "",
        "[]",
        "{}",
        "{\"sales\":{}}",
        "{\"sales\":7}",
        "{\"sales\":{\"0\":1},\"visits\":{\"0\":1}}",
        "{\"sales\":{\"first\":1}}",
        "{\"sales\":{\"0\":-1}}",
        "{\"sales\":{\"0\":1.5}}",
        "{\"sales\":{\"0\":\"1\"}}",
        "{\"sales\":{\"0\":99999999999999999999}}",
        "{\"sourceVersion\":1,\"reservoirVersion\":3}"
      })
  void offsetsThatAreNotOfOneTopicAreRefused(String offsets) {
    assertThatThrownBy(
            () ->
                OffsetLog.parse(FILE, WRITTEN.substring(0, WRITTEN.lastIndexOf('\n') + 1) + offsets)
                    .ends())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(FILE);
    assertThatThrownBy(() -> OffsetLog.beginning(FILE, "\0v1\n" + offsets))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(FILE);
  }

  @Test
  void aBeginningOfAnotherFormatIsRefused() {
    assertThatThrownBy(() -> OffsetLog.beginning(FILE, "\0v3\n{\"sales\":{\"0\":5}}"))
        .hasMessageContaining("its format is 'v3'");
  }

  private static String quoted(String text) {
    return java.util.regex.Pattern.quote(text);
  }
}
