package io.tidemark.local.purchases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TruthTest {
  @TempDir Path folder;

  @Test
  void aSaleACancellationAndAGiftAreToldApart() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("purchases.csv"),
            """
            InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
            1,A,"A ""thing"", red",6,2010-12-01 08:26:00,2.555,,France
            C2,A,,-2,2010-12-01 08:59:00,2.5,,France
            3,A,,10,2010-12-01 08:30:00,0,,France
            """);
    assertThat(Truth.byHourAndCountry(file))
        .containsOnlyKeys("2010-12-01 08:00:00|France")
        .containsValue(
            new Measures(
                3,
                14,
                new BigDecimal("10.330"),
                1,
                6,
                new BigDecimal("15.330"),
                1,
                -2,
                new BigDecimal("-5")));
    assertThat(Truth.sliding(file))
        .containsOnlyKeys(
            "2010-12-01 07:30:00",
            "2010-12-01 07:45:00",
            "2010-12-01 08:00:00",
            "2010-12-01 08:15:00",
            "2010-12-01 08:30:00",
            "2010-12-01 08:45:00");
    assertThat(Truth.byDay(file).get("2010-12-01").lines()).isEqualTo(3);
  }

  @Test
  void itAgreesWithTheTruthsThatComeWithTheRealFile() {
    Path real = RealPurchases.FILE;
    assumeThat(real).exists();
    assertThat(Truth.byHourAndCountry(real))
        .isEqualTo(
            Truth.read(RealPurchases.truth("windows_1h_country"), "window_start", "country"));
    assertThat(Truth.sliding(real))
        .isEqualTo(Truth.read(RealPurchases.truth("windows_1h_slide_15min"), "window_start"));
    assertThat(Truth.byDay(real)).isEqualTo(Truth.read(RealPurchases.truth("daily"), "date"));
  }
}
