package io.tidemark.local.purchases;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Random;
import org.apache.commons.csv.CSVPrinter;

/**
 * An invoice of the made-up shop, or the cancellation of one.
 *
 * @param customer empty if nobody asked
 */
record Invoice(
    String number,
    boolean isCancelled,
    String time,
    String customer,
    String country,
    Catalogue catalogue,
    Random random) {

  static Invoice of(
      int number, boolean isCancelled, String time, Catalogue catalogue, Random random) {
    // As the real file has it: a number that somebody once took for a decimal.
    String customer = random.nextInt(4) == 0 ? "" : 12_346 + random.nextInt(5_900) + ".0";
    return new Invoice(
        isCancelled ? "C" + number : Integer.toString(number),
        isCancelled,
        time,
        customer,
        Countries.one(random),
        catalogue,
        random);
  }

  void write(CSVPrinter csv, int lines) throws IOException {
    String[] line = line();
    for (int written = 0; written < lines; written++) {
      csv.printRecord((Object[]) line);
      boolean isRepeated = random.nextInt(100) == 0;
      line = isRepeated ? line : line();
    }
  }

  private String[] line() {
    CatalogueItem item =
        random.nextInt(180) == 0
            ? catalogue.others().get(random.nextInt(catalogue.others().size()))
            : catalogue.popular(random);
    boolean isWrittenOff = random.nextInt(370) == 0;
    BigDecimal price = isWrittenOff || random.nextInt(500) == 0 ? BigDecimal.ZERO : item.price();
    int quantity = quantity();
    return new String[] {
      number,
      stockCode(item),
      isWrittenOff ? "" : item.description(),
      Integer.toString(isCancelled || isWrittenOff ? -quantity : quantity),
      time,
      price.toPlainString(),
      customer,
      country
    };
  }

  private int quantity() {
    return random.nextInt(200) == 0 ? 100 * (1 + random.nextInt(20)) : 1 + random.nextInt(24);
  }

  /** Now and then the till has a variant in lower case. */
  private String stockCode(CatalogueItem item) {
    return item.isProduct() && random.nextInt(300) == 0
        ? item.stockCode().toLowerCase(Locale.ROOT)
        : item.stockCode();
  }
}
