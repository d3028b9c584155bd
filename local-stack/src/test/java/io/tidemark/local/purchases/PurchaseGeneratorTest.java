package io.tidemark.local.purchases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurchaseGeneratorTest {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

  @TempDir Path folder;

  @Test
  void theSameSeedWritesTheSameBytesAndAnotherOneOthers() throws IOException {
    assertThat(purchases(1, 2_000)).hasSameBinaryContentAs(purchases(1, 2_000));
    assertThat(Files.mismatch(purchases(1, 2_000), purchases(2, 2_000))).isNotNegative();
  }

  @Test
  void thereAreAsManyLinesAsAskedForInOrderOfTime() throws IOException {
    List<CSVRecord> lines = read(purchases(1, 12_345));
    assertThat(lines).hasSize(12_345);
    assertThat(lines).extracting(line -> line.get("InvoiceDate")).isSorted();
  }

  @Test
  void theShopIsOpenFromSixToNineButNeverOnSaturdays() throws IOException {
    List<LocalDateTime> times =
        read(purchases(1, 12_345)).stream()
            .map(line -> LocalDateTime.parse(line.get("InvoiceDate"), TIME))
            .toList();
    assertThat(times).allMatch(time -> time.getHour() >= 6 && time.getHour() < 21);
    assertThat(times).noneMatch(time -> time.getDayOfWeek() == DayOfWeek.SATURDAY);
    assertThat(times.get(0).toLocalDate()).isEqualTo(LocalDate.of(2010, 12, 1));
    assertThat(times.get(times.size() - 1).toLocalDate()).isEqualTo(LocalDate.of(2010, 12, 30));
  }

  @Test
  void fewerDaysHaveAllTheLines() throws IOException {
    Path file = folder.resolve("few.csv");
    new PurchaseGenerator(1, 1_234, 4).writePurchases(file);

    List<CSVRecord> lines = read(file);

    assertThat(lines).hasSize(1_234);
    assertThat(lines.stream().map(line -> line.get("InvoiceDate").substring(0, 10)).distinct())
        .as("the fourth day is a Saturday")
        .containsExactly("2010-12-01", "2010-12-02", "2010-12-03");
    assertThatThrownBy(() -> new PurchaseGenerator(1, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ask for at least 1");
  }

  @Test
  void itHasTheDirtOfTheRealFile() throws IOException {
    List<CSVRecord> lines = read(purchases(1, 50_000));
    assertShare(lines, line -> line.get("InvoiceNo").startsWith("C"), 0.005, 0.05);
    assertShare(lines, line -> line.get("Quantity").startsWith("-"), 0.005, 0.05);
    assertShare(lines, line -> line.get("CustomerID").isEmpty(), 0.15, 0.35);
    assertShare(lines, line -> line.get("Description").isEmpty(), 0.001, 0.01);
    assertShare(lines, line -> new BigDecimal(line.get("UnitPrice")).signum() == 0, 0.002, 0.01);
    assertShare(lines, line -> new BigDecimal(line.get("UnitPrice")).scale() == 3, 0.01, 0.2);
    assertShare(lines, line -> line.get("StockCode").matches("[A-Z].*"), 0.002, 0.01);
    assertShare(lines, line -> line.get("Country").equals("United Kingdom"), 0.85, 0.95);
    assertShare(lines, line -> line.get("Description").contains("\""), 0.01, 0.5);
    assertThat(lines.stream().map(CSVRecord::toList).distinct().count()).isLessThan(lines.size());
    assertThat(lines.stream().map(line -> line.get("Country")).distinct()).hasSize(38);
    assertThat(codesInBothCases(lines)).isNotEmpty();
  }

  @Test
  void everyProductSoldIsInTheProducts() throws IOException {
    Path products = folder.resolve("products.csv");
    new PurchaseGenerator(1, 1).writeProducts(products);
    Set<String> known =
        read(products).stream().map(line -> line.get("stock_code")).collect(Collectors.toSet());
    assertThat(read(purchases(1, 20_000)))
        .extracting(line -> line.get("StockCode").toUpperCase(Locale.ROOT))
        .isSubsetOf(known);
  }

  private static void assertShare(
      List<CSVRecord> lines, Predicate<CSVRecord> of, double from, double to) {
    assertThat((double) lines.stream().filter(of).count() / lines.size()).isBetween(from, to);
  }

  private static Set<String> codesInBothCases(List<CSVRecord> lines) {
    Set<String> codes =
        lines.stream().map(line -> line.get("StockCode")).collect(Collectors.toSet());
    Set<String> both = new HashSet<>(codes);
    both.removeIf(
        code ->
            code.equals(code.toLowerCase(Locale.ROOT))
                || !codes.contains(code.toLowerCase(Locale.ROOT)));
    return both;
  }

  private Path purchases(long seed, long lines) throws IOException {
    Path file = Files.createTempFile(folder, "purchases", ".csv");
    new PurchaseGenerator(seed, lines).writePurchases(file);
    return file;
  }

  private static List<CSVRecord> read(Path file) throws IOException {
    try (Reader text = Files.newBufferedReader(file)) {
      return CSVFormat.DEFAULT
          .builder()
          .setHeader()
          .setSkipHeaderRecord(true)
          .get()
          .parse(text)
          .getRecords();
    }
  }
}
