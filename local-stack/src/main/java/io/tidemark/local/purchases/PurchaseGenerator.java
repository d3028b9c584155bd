package io.tidemark.local.purchases;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Writes the purchases of a made-up gift shop, in the columns and with the dirt of a real one's
 * (UCI Online Retail). The same seed writes the same bytes.
 *
 * @param lines invoice lines in all
 * @param days of the calendar, from {@link #FIRST_DAY} on
 */
public record PurchaseGenerator(long seed, long lines, int days) {
  public static final LocalDate FIRST_DAY = LocalDate.of(2010, 12, 1);
  public static final int DAYS = 30;

  private static final CSVFormat CSV = CSVFormat.DEFAULT.builder().setRecordSeparator('\n').get();

  public PurchaseGenerator {
    if (lines < 1) {
      throw new IllegalArgumentException(
          "Cannot generate %d purchases: ask for at least 1".formatted(lines));
    }
    if (days < 1) {
      throw new IllegalArgumentException(
          "Cannot generate purchases of %d days: ask for at least 1".formatted(days));
    }
  }

  /** Over {@link #DAYS} days. */
  public PurchaseGenerator(long seed, long lines) {
    this(seed, lines, DAYS);
  }

  /** Writes invoice lines in order of time: {@code InvoiceNo, StockCode, …}. */
  public void writePurchases(Path file) throws IOException {
    Random random = new Random(seed);
    Catalogue catalogue = Catalogue.of(seed);
    List<LocalDate> open = openDays();
    long[] quotas = quotas(open.size(), random);
    int firstInvoice = 536365;
    try (Writer writer = Files.newBufferedWriter(file);
        CSVPrinter csv = new CSVPrinter(writer, CSV)) {
      csv.printRecord(
          "InvoiceNo",
          "StockCode",
          "Description",
          "Quantity",
          "InvoiceDate",
          "UnitPrice",
          "CustomerID",
          "Country");
      for (int i = 0; i < open.size(); i++) {
        ShopDay day = new ShopDay(open.get(i), catalogue, random);
        firstInvoice = day.write(csv, quotas[i], firstInvoice);
      }
    }
  }

  /** Writes the products that the purchases are of: {@code stock_code, description, …}. */
  public void writeProducts(Path file) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file);
        CSVPrinter csv = new CSVPrinter(writer, CSV)) {
      csv.printRecord("stock_code", "description", "list_price", "is_product");
      for (CatalogueItem item : Catalogue.of(seed).items()) {
        csv.printRecord(
            item.stockCode(),
            item.description(),
            item.price().toPlainString(),
            item.isProduct() ? "1" : "0");
      }
    }
  }

  /** The shop rests on Saturdays. */
  private List<LocalDate> openDays() {
    return IntStream.range(0, days)
        .mapToObj(FIRST_DAY::plusDays)
        .filter(day -> day.getDayOfWeek() != DayOfWeek.SATURDAY)
        .toList();
  }

  /** Busy days have half as much again as quiet ones; together they have all the lines. */
  private long[] quotas(int days, Random random) {
    int[] weights = IntStream.range(0, days).map(day -> 80 + random.nextInt(41)).toArray();
    long all = IntStream.of(weights).sum();
    long[] quotas = new long[days];
    long before = 0;
    long weightBefore = 0;
    for (int day = 0; day < days; day++) {
      weightBefore += weights[day];
      long until = lines * weightBefore / all;
      quotas[day] = until - before;
      before = until;
    }
    return quotas;
  }
}
