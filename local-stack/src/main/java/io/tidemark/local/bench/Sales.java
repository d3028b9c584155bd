package io.tidemark.local.bench;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Invoice lines that the tills of a shop write now, and the products that they are of, as {@code
 * conf/retail} has them: a few products make most of the sales, nine of ten at home.
 */
final class Sales {
  private static final long SEED = 20_101_201;
  private static final int PRODUCTS = 3_000;
  private static final int LINES_OF_AN_INVOICE = 12;
  private static final int FIRST_INVOICE = 1_000_000;
  private static final int CUSTOMERS = 6_000;
  private static final String[] ABROAD = {"Germany", "France", "EIRE", "Spain", "Netherlands"};

  private final Random random = new Random(SEED);

  void sendProducts(TopicWriter topic) {
    for (int i = 0; i < PRODUCTS; i++) {
      GenericRecord product = new GenericData.Record(topic.schema());
      product.put("stock_code", stockCode(i));
      product.put("description", "PRODUCT " + i);
      product.put("list_price", pounds(price(i)));
      product.put("is_product", true);
      topic.send(stockCode(i), topic.encode(product));
    }
  }

  /**
   * Sends a line that is written at this moment.
   *
   * @param number from 0; no two lines have the same
   */
  void send(TopicWriter topic, long number) {
    String invoice = Long.toString(FIRST_INVOICE + number / LINES_OF_AN_INVOICE);
    int line = 1 + (int) (number % LINES_OF_AN_INVOICE);
    boolean cancelled = random.nextInt(50) == 0;
    int product = (int) (random.nextDouble() * random.nextDouble() * PRODUCTS);
    GenericRecord sale = new GenericData.Record(topic.schema());
    sale.put("event_id", invoice + "-" + line);
    sale.put("event_type", "invoice_line");
    sale.put("event_version", 1);
    sale.put("event_time", TimeUnit.MILLISECONDS.toMicros(Instant.now().toEpochMilli()));
    sale.put("correlation_id", invoice);
    sale.put("invoice_no", invoice);
    sale.put("line_no", line);
    sale.put("stock_code", product % 300 == 0 ? lowerCase(product) : stockCode(product));
    sale.put("description", "PRODUCT " + product);
    sale.put("quantity", cancelled ? -1 : 1 + random.nextInt(24));
    sale.put("unit_price", pounds(price(product)));
    sale.put("customer_id", Integer.toString(10_000 + random.nextInt(CUSTOMERS)));
    sale.put("country", country());
    sale.put("cancelled", cancelled);
    topic.send(invoice, topic.encode(sale));
  }

  private String country() {
    return random.nextInt(10) > 0 ? "United Kingdom" : ABROAD[random.nextInt(ABROAD.length)];
  }

  private static String stockCode(int product) {
    return 20_000 + 7 * product + "A";
  }

  private static String lowerCase(int product) {
    return stockCode(product).toLowerCase(Locale.ROOT);
  }

  /** In thousandths of a pound. */
  private static long price(int product) {
    return 190 + product % 1_500 * 10L;
  }

  private static ByteBuffer pounds(long thousandths) {
    return ByteBuffer.wrap(BigInteger.valueOf(thousandths).toByteArray());
  }
}
