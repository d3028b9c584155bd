package io.tidemark.local.purchases;

import java.io.IOException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.commons.csv.CSVPrinter;

/** One day of the made-up shop, open from 6 to 21 o'clock. */
record ShopDay(LocalDate date, Catalogue catalogue, Random random) {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");
  private static final int OPENS = 6 * 60;
  private static final int CLOSES = 21 * 60;
  private static final int LARGEST_INVOICE = 400;

  /**
   * Writes so many lines, in order of time.
   *
   * @return the number of the next day's first invoice
   */
  int write(CSVPrinter csv, long lines, int firstInvoice) throws IOException {
    List<Basket> baskets = baskets(lines);
    List<Integer> minutes = minutes(baskets.size());
    for (int i = 0; i < baskets.size(); i++) {
      Basket basket = baskets.get(i);
      LocalDateTime time = date.atStartOfDay().plusMinutes(minutes.get(i));
      Invoice.of(firstInvoice + i, basket.isReturned(), TIME.format(time), catalogue, random)
          .write(csv, basket.lines());
    }
    return firstInvoice + baskets.size();
  }

  /** Most invoices have a dozen lines, some have hundreds; cancellations have a few. */
  private List<Basket> baskets(long lines) {
    List<Basket> baskets = new ArrayList<>();
    for (long left = lines; left > 0; left -= baskets.get(baskets.size() - 1).lines()) {
      boolean isReturned = random.nextInt(7) == 0;
      // Strict, because only that gives the same digits on every machine.
      long size = 1 + (long) StrictMath.exp(2.4 + 1.1 * random.nextGaussian());
      long wanted = isReturned ? Math.min(size, 4) : Math.min(size, LARGEST_INVOICE);
      baskets.add(new Basket((int) Math.min(left, wanted), isReturned));
    }
    return baskets;
  }

  private record Basket(int lines, boolean isReturned) {}

  /** Most customers come around noon. */
  private List<Integer> minutes(int invoices) {
    List<Integer> minutes = new ArrayList<>();
    for (int i = 0; i < invoices; i++) {
      int middle = random.nextInt(CLOSES - OPENS) + random.nextInt(CLOSES - OPENS);
      minutes.add(OPENS + middle / 2);
    }
    Collections.sort(minutes);
    return minutes;
  }
}
