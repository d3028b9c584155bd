package io.tidemark.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TestLake;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetailViewsTest {
  @TempDir private Path folder;

  private TestLake lake;
  private SparkSession spark;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder, Map.of("spark.sql.datetime.java8API.enabled", "true"));
    spark = lake.spark();
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private static InvoiceLines morning() {
    return new InvoiceLines()
        .line("536365-1", "2010-12-01T08:26:00Z", "85123A", 6, "2.55", "United Kingdom")
        .line("536365-2", "2010-12-01T08:26:00Z", "85123a", 2, "3.395", "United Kingdom")
        .line("536370-1", "2010-12-01T08:45:00Z", "POST", 3, "18.00", "France")
        .line("536365-1", "2010-12-01T08:26:00Z", "85123A", 6, "2.55", "United Kingdom");
  }

  private static InvoiceLines noon() {
    return new InvoiceLines()
        .line("C536379-1", "2010-12-01T08:59:59Z", "85123A", -1, "2.55", "United Kingdom")
        .line("536380-1", "2010-12-01T09:00:00Z", "85123A", 10, "0", "United Kingdom")
        .line("536365-2", "2010-12-01T08:26:00Z", "85123a", 2, "3.395", "United Kingdom")
        .line("536381-1", "2010-12-02T00:00:00Z", "22139", 1, "4.25", "France");
  }

  private Map<String, Dataset<Row>> dimensions() {
    return Map.of(
        "products",
        InvoiceLines.products(
            spark,
            new Object[] {"85123A", "WHITE HANGING HEART", new BigDecimal("2.550"), true},
            new Object[] {"POST", "POSTAGE", null, false}));
  }

  private List<String> batch(String name, InvoiceLines... lines) {
    Dataset<Row> events = null;
    for (InvoiceLines each : lines) {
      Dataset<Row> rows = each.dataset(spark);
      events = events == null ? rows : events.unionAll(rows);
    }
    return text(RetailViews.named(name).batch(events, dimensions()).collectAsList());
  }

  private static List<String> text(List<Row> rows) {
    return rows.stream().map(row -> row.mkString(" | ")).sorted().toList();
  }

  @Test
  void salesByHourAndCountryCountNetGrossAndCancelledLines() {
    assertThat(batch("sales_by_hour_country", morning(), noon()))
        .containsExactly(
            "2010-12-01T08:00:00Z | 2010-12-01T09:00:00Z | France | 1 | 3 | 54.000 | 1 | 3 | 54.000 | 0 | 0 | 0.000 | 2010-12-01",
            "2010-12-01T08:00:00Z | 2010-12-01T09:00:00Z | United Kingdom | 3 | 7 | 19.540 | 2 | 8 | 22.090 | 1 | -1 | -2.550 | 2010-12-01",
            "2010-12-01T09:00:00Z | 2010-12-01T10:00:00Z | United Kingdom | 1 | 10 | 0.000 | 0 | 0 | 0.000 | 0 | 0 | 0.000 | 2010-12-01",
            "2010-12-02T00:00:00Z | 2010-12-02T01:00:00Z | France | 1 | 1 | 4.250 | 1 | 1 | 4.250 | 0 | 0 | 0.000 | 2010-12-02");
  }

  @Test
  void salesByProductAndDayJoinEitherCaseOfACodeAndKeepUnknownProducts() {
    assertThat(batch("sales_by_product_day", morning(), noon()))
        .containsExactly(
            "2010-12-01T00:00:00Z | 2010-12-02T00:00:00Z | 85123A | WHITE HANGING HEART | true | 4 | 17 | 19.540 | 2 | 8 | 22.090 | 1 | -1 | -2.550 | 2010-12-01",
            "2010-12-01T00:00:00Z | 2010-12-02T00:00:00Z | POST | POSTAGE | false | 1 | 3 | 54.000 | 1 | 3 | 54.000 | 0 | 0 | 0.000 | 2010-12-01",
            "2010-12-02T00:00:00Z | 2010-12-03T00:00:00Z | 22139 | null | null | 1 | 1 | 4.250 | 1 | 1 | 4.250 | 0 | 0 | 0.000 | 2010-12-02");
  }

  @Test
  void slidingSalesCountEachLineInFourWindows() {
    assertThat(batch("sales_sliding", morning()))
        .containsExactly(
            "2010-12-01T07:30:00Z | 2010-12-01T08:30:00Z | 2 | 8 | 22.090 | 2 | 8 | 22.090 | 0 | 0 | 0.000 | 2010-12-01",
            "2010-12-01T07:45:00Z | 2010-12-01T08:45:00Z | 2 | 8 | 22.090 | 2 | 8 | 22.090 | 0 | 0 | 0.000 | 2010-12-01",
            "2010-12-01T08:00:00Z | 2010-12-01T09:00:00Z | 3 | 11 | 76.090 | 3 | 11 | 76.090 | 0 | 0 | 0.000 | 2010-12-01",
            "2010-12-01T08:15:00Z | 2010-12-01T09:15:00Z | 3 | 11 | 76.090 | 3 | 11 | 76.090 | 0 | 0 | 0.000 | 2010-12-01",
            "2010-12-01T08:30:00Z | 2010-12-01T09:30:00Z | 1 | 3 | 54.000 | 1 | 3 | 54.000 | 0 | 0 | 0.000 | 2010-12-01",
            "2010-12-01T08:45:00Z | 2010-12-01T09:45:00Z | 1 | 3 | 54.000 | 1 | 3 | 54.000 | 0 | 0 | 0.000 | 2010-12-01");
  }

  @ParameterizedTest
  @ValueSource(strings = {"sales_by_hour_country", "sales_by_product_day", "sales_sliding"})
  void streamedRowsEqualBatchRows(String name) throws Exception {
    List<Row> streamed =
        StreamedRows.of(RetailViews.named(name), spark, folder, dimensions(), morning(), noon());

    assertThat(text(streamed)).isEqualTo(batch(name, morning(), noon()));
  }
}
