package io.tidemark.local.bench;

import io.tidemark.local.replay.Share;
import io.tidemark.output.Progress;
import java.time.Instant;
import java.util.Random;
import java.util.UUID;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/**
 * Purchases of about 110 bytes, the same in every run: two in a millisecond of their own time, one
 * of twenty up to a minute late.
 */
final class Purchases {
  private static final long SEED = 20_240_301;
  private static final Instant BEGIN = Instant.parse("2024-03-01T06:00:00Z");
  private static final int USERS = 50_000;
  private static final int SESSIONS = 100_000;
  private static final int LATE_ONE_IN = 20;
  private static final int LATE_MILLIS = 60_000;
  private static final int REPORT_EVERY = 10_000;
  private static final String[] COUNTRIES = {"GB", "DE", "FR", "US", "NL"};

  private final Random random = new Random(SEED);
  private final TopicWriter topic;

  Purchases(TopicWriter topic) {
    this.topic = topic;
  }

  /**
   * @param events different purchases
   * @param duplicates the share of them that is delivered twice
   */
  Delivered send(long events, Share duplicates, Progress progress) {
    Totals all = Totals.NONE;
    Totals once = Totals.NONE;
    double twice = duplicates.value().doubleValue();
    for (long i = 0; i < events; i++) {
      String user = "u" + random.nextInt(USERS);
      int quantity = 1 + random.nextInt(5);
      long price = 100L + random.nextInt(10_000);
      byte[] value = topic.encode(purchase(i, user, quantity, price));
      topic.send(user, value);
      once = once.plus(quantity, price);
      all = all.plus(quantity, price);
      if (random.nextDouble() < twice) {
        topic.send(user, value);
        all = all.plus(quantity, price);
      }
      if (i % REPORT_EVERY == 0) {
        progress.to(i);
      }
    }
    progress.to(events);
    return new Delivered(all, once);
  }

  private GenericRecord purchase(long number, String user, int quantity, long price) {
    long late = random.nextInt(LATE_ONE_IN) == 0 ? random.nextInt(LATE_MILLIS) : 0;
    GenericRecord purchase = new GenericData.Record(topic.schema());
    purchase.put("event_id", new UUID(random.nextLong(), random.nextLong()).toString());
    purchase.put("event_time", BEGIN.toEpochMilli() + number / 2 - late);
    purchase.put("user_id", user);
    purchase.put("session_id", "s" + random.nextInt(SESSIONS));
    purchase.put("product_id", "p" + random.nextInt(Products.COUNT));
    purchase.put("quantity", quantity);
    purchase.put("unit_price_cents", price);
    purchase.put("country", COUNTRIES[random.nextInt(COUNTRIES.length)]);
    return purchase;
  }
}
