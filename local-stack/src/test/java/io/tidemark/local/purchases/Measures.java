package io.tidemark.local.purchases;

import java.math.BigDecimal;
import org.apache.commons.csv.CSVRecord;

/** The nine measures of some invoice lines. Amounts have three decimals. */
public record Measures(
    long lines,
    long quantityNet,
    BigDecimal revenueNet,
    long saleLines,
    long quantityGross,
    BigDecimal revenueGross,
    long cancelledLines,
    long quantityCancelled,
    BigDecimal revenueCancelled) {
  private static final int SCALE = 3;

  public Measures {
    revenueNet = revenueNet.setScale(SCALE);
    revenueGross = revenueGross.setScale(SCALE);
    revenueCancelled = revenueCancelled.setScale(SCALE);
  }

  static Measures ofLine(CSVRecord line) {
    long quantity = Long.parseLong(line.get("Quantity"));
    BigDecimal price = new BigDecimal(line.get("UnitPrice"));
    BigDecimal amount = price.multiply(BigDecimal.valueOf(quantity));
    boolean isCancelled = line.get("InvoiceNo").startsWith("C");
    boolean isSale = !isCancelled && quantity > 0 && price.signum() > 0;
    return new Measures(
        1,
        quantity,
        amount,
        isSale ? 1 : 0,
        isSale ? quantity : 0,
        isSale ? amount : BigDecimal.ZERO,
        isCancelled ? 1 : 0,
        isCancelled ? quantity : 0,
        isCancelled ? amount : BigDecimal.ZERO);
  }

  static Measures ofTruth(CSVRecord row) {
    return new Measures(
        Long.parseLong(row.get("rows")),
        Long.parseLong(row.get("qty_net")),
        new BigDecimal(row.get("revenue_net")),
        Long.parseLong(row.get("sale_rows")),
        Long.parseLong(row.get("qty_gross")),
        new BigDecimal(row.get("revenue_gross")),
        Long.parseLong(row.get("cancel_rows")),
        Long.parseLong(row.get("qty_cancelled")),
        new BigDecimal(row.get("revenue_cancelled")));
  }

  Measures plus(Measures other) {
    return new Measures(
        lines + other.lines,
        quantityNet + other.quantityNet,
        revenueNet.add(other.revenueNet),
        saleLines + other.saleLines,
        quantityGross + other.quantityGross,
        revenueGross.add(other.revenueGross),
        cancelledLines + other.cancelledLines,
        quantityCancelled + other.quantityCancelled,
        revenueCancelled.add(other.revenueCancelled));
  }
}
