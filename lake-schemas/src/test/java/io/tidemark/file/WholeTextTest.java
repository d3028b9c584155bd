package io.tidemark.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WholeTextTest {
  @ParameterizedTest
  @CsvSource({
    "2010-12-01 08:26:00, 2010-12-01T08:26:00Z",
    "2010-12-1 8:26, 2010-12-01T08:26:00Z",
    "2010-12-01, 2010-12-01T00:00:00Z",
    "2010-12-01T08:26:00.1234560, 2010-12-01T08:26:00.123456Z",
    "'  2010-12-01 08:26:00Z ', 2010-12-01T08:26:00Z",
    "2010-12-01 08:26:00+01:00, 2010-12-01T07:26:00Z",
    "2010-07-01 08:26:00 Europe/London, 2010-07-01T07:26:00Z",
    "0001-01-01 00:00:00, 0001-01-01T00:00:00Z",
    "9999-12-31 23:59:59.999999, 9999-12-31T23:59:59.999999Z"
  })
  void aWholeTimeIsTheInstantThatItSays(String text, Instant instant) {
    assertThat(WholeTime.micros(text))
        .isEqualTo(instant.getEpochSecond() * 1_000_000 + instant.getNano() / 1_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "08:05:00",
        "T08:05:00",
        "8:26",
        "2024",
        "2024-06",
        "2024-06-",
        "2024-06-01T",
        "2024-06-01 08",
        "2024-06-01 8:5",
        "2024-02-30",
        "2023-02-29 08:00:00",
        "2024-13-01",
        "2024-06-01 24:00:00",
        "2024-06-01 08:60:00",
        "2024-06-01 08:05:60",
        "2024-06-01 08:05:00.1234567",
        "2024-06-01 08:05:00 Mars/Olympus",
        "12/1/2010 8:26",
        "20240601",
        "now",
        "today",
        "tomorrow",
        "yesterday",
        "epoch",
        "1717200000",
        "2024-06-01x",
        "2024-06-01 08:05:00 and more",
        "+12024-06-01",
        "24-06-01",
        "2024-03-31 02:30:00 Europe/Berlin",
        "2024-10-27 02:30:00 Europe/Berlin"
      })
  void whatIsNotWhollyATimeIsNone(String text) {
    assertThat(WholeTime.micros(text)).isNull();
  }

  @Test
  void aDayHasNoTimeOfDayAndALocalTimeNoZone() {
    assertThat(WholeTime.date("2024-06-01")).isEqualTo(LocalDate.of(2024, 6, 1));
    assertThat(WholeTime.date("2024-06-01 00:00:00")).isEqualTo(LocalDate.of(2024, 6, 1));
    assertThat(WholeTime.date("2024-06-01 08:05:00")).isNull();
    assertThat(WholeTime.date("2024-06")).isNull();
    assertThat(WholeTime.local("2024-06-01 08:05")).isEqualTo(LocalDateTime.of(2024, 6, 1, 8, 5));
    assertThat(WholeTime.local("2024-06-01 08:05Z")).isNull();
  }

  @Test
  void aWholeNumberIsDigitsThatFit() {
    assertThat(WholeText.integer(" -2147483648 ", 32)).isEqualTo("-2147483648");
    assertThat(WholeText.integer("+7", 32)).isEqualTo("7");
    for (String text :
        new String[] {
          "2147483648", "12abc", "1.0", "1.999", "1e3", "0x1f", "", "NaN", "1 2", "١٢"
        }) {
      assertThat(WholeText.integer(text, 32)).as(text).isNull();
    }
  }

  @Test
  void aDecimalHasNoDigitMoreThanItsField() {
    assertThat(WholeText.decimal("12.3400", 9, 2)).isEqualTo(new BigDecimal("12.34"));
    assertThat(WholeText.decimal("-1.5e3", 9, 2)).isEqualTo(new BigDecimal("-1500.00"));
    assertThat(WholeText.decimal("0e999", 9, 2)).isEqualTo(new BigDecimal("0.00"));
    assertThat(WholeText.decimal("99999999999999999999999999999999999999", 38, 0)).isNotNull();
    for (String text :
        new String[] {
          "12.345",
          "10000000",
          "1e999",
          "1e999999999",
          "Infinity",
          "NaN",
          "1,5",
          "1.5 kg",
          "",
          ".",
          "1d"
        }) {
      assertThat(WholeText.decimal(text, 9, 2)).as(text).isNull();
    }
    assertThat(WholeText.decimal("0.1234567890123456789", 38, 18)).isNull();
  }

  @Test
  void aFloatingPointNumberIsTheNearestOneAndNotLost() {
    assertThat(WholeText.real("0.1")).isEqualTo(0.1);
    assertThat(WholeText.real("-Infinity")).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(WholeText.real("0.0e5")).isZero();
    assertThat(WholeText.shortReal("0.1")).isEqualTo(0.1f);
    for (String text : new String[] {"1e400", "1e-400", "1d", "0x1p3", "1.5kg", "", "inf"}) {
      assertThat(WholeText.real(text)).as(text).isNull();
    }
    assertThat(WholeText.shortReal("1e39")).isNull();
    assertThat(WholeText.shortReal("1e-60")).isNull();
  }

  @Test
  void aTruthIsTrueOrFalse() {
    assertThat(WholeText.truth("TRUE")).isTrue();
    assertThat(WholeText.truth(" false ")).isFalse();
    for (String text : new String[] {"t", "yes", "1", "0", "", "truely"}) {
      assertThat(WholeText.truth(text)).as(text).isNull();
    }
  }
}
