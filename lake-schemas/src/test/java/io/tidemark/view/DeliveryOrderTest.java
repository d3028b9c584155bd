package io.tidemark.view;

import static java.util.stream.Collectors.groupingBy;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryOrderTest {
  private static final StructType COLUMNS =
      StructType.fromDDL(
          "event_id STRING, event_time TIMESTAMP, amount INT, _landed_batch BIGINT, _topic STRING, _topic_partition INT, _offset BIGINT");
  private static final Instant NOON = Instant.parse("2011-01-01T12:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int HISTORIES = Integer.getInteger("tidemark.histories", 500);

  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private static Row delivery(
      String id, int minute, int amount, long batch, int partition, long offset) {
    Timestamp time = Timestamp.from(NOON.plusSeconds(60L * minute));
    return RowFactory.create(id, time, amount, batch, "sales", partition, offset);
  }

  /** In no order, and in several partitions. */
  private Dataset<Row> dataset(List<Row> rows) {
    return lake.spark().createDataFrame(rows, COLUMNS).repartition(3);
  }

  private List<String> counted(Duration window, Column among, Row... rows) {
    return dataset(List.of(rows))
        .withColumn("counts", DeliveryOrder.counts(window, among))
        .where("counts")
        .select("event_id", "amount")
        .collectAsList()
        .stream()
        .map(row -> row.mkString(" "))
        .sorted()
        .toList();
  }

  @Test
  void theFirstDeliveryLandedCountsWhateverTheOrderOfRows() {
    assertThat(
            counted(
                HOUR,
                lit(true),
                delivery("a", 0, 3, 1, 0, 7),
                delivery("b", 0, 9, 0, 1, 1),
                delivery("a", 0, 2, 0, 1, 3),
                delivery("b", 0, 8, 0, 1, 0),
                delivery("a", 0, 1, 0, 0, 6),
                delivery("c", 0, 5, 4, 0, 9)))
        .containsExactly("a 1", "b 8", "c 5");
  }

  @Test
  void aDeliveryCountsAgainBeyondTheWindowWhetherOrNotTheOneBetweenDid() {
    assertThat(
            counted(
                HOUR,
                lit(true),
                delivery("chain", 0, 1, 0, 0, 0),
                delivery("chain", 60, 2, 1, 0, 1),
                delivery("chain", 120, 3, 2, 0, 2),
                delivery("chain", -61, 4, 3, 0, 3),
                delivery("far", 0, 5, 0, 0, 4),
                delivery("far", 61, 6, 0, 0, 5)))
        .containsExactly("chain 1", "chain 4", "far 5", "far 6");
  }

  @Test
  void onlyTheDeliveriesThatThereAreKeepOthersFromCounting() {
    assertThat(
            counted(
                HOUR,
                col("amount").gt(1),
                delivery("a", 0, 1, 0, 0, 0),
                delivery("a", 5, 2, 1, 0, 1),
                delivery("a", 9, 3, 2, 0, 2)))
        .containsExactly("a 2");
  }

  @Test
  void deliveriesDifferFromThoseWithinTheWindowAlone() {
    Dataset<Row> deliveries =
        dataset(
            List.of(
                delivery("same", 0, 1, 0, 0, 0),
                delivery("same", 0, 1, 0, 0, 1),
                delivery("amount", 0, 1, 0, 0, 2),
                delivery("amount", 60, 2, 0, 0, 3),
                delivery("far", 0, 1, 0, 0, 4),
                delivery("far", 61, 2, 0, 0, 5)));

    assertThat(
            deliveries
                .withColumn("differs", DeliveryOrder.differs(HOUR, col("amount")))
                .where("differs")
                .select("_offset")
                .collectAsList())
        .extracting(row -> row.getLong(0))
        .containsExactlyInAnyOrder(2L, 3L);
  }

  /** One delivery, as plain Java has it. */
  private record Delivered(String id, int minute, long batch, int partition, long offset) {
    static final Comparator<Delivered> LANDED =
        Comparator.comparingLong(Delivered::batch)
            .thenComparingInt(Delivered::partition)
            .thenComparingLong(Delivered::offset);

    String place() {
      return "%s@%d-%d@%d".formatted(id, batch, partition, offset);
    }
  }

  private static List<Delivered> history(int seed) {
    Random random = new Random(seed);
    List<Delivered> history = new ArrayList<>();
    for (int offset = 0; offset < 2 + random.nextInt(10); offset++) {
      history.add(
          new Delivered(
              "seed %d id %d".formatted(seed, random.nextInt(3)),
              20 * random.nextInt(24),
              random.nextInt(4),
              random.nextInt(2),
              offset));
    }
    return history;
  }

  /** The rule, read off its words. */
  private static List<String> countedByHand(List<Delivered> history) {
    List<String> counted = new ArrayList<>();
    for (Delivered one : history) {
      boolean counts = true;
      for (Delivered other : history) {
        counts &=
            !(other.id().equals(one.id())
                && Delivered.LANDED.compare(other, one) < 0
                && Math.abs(other.minute() - one.minute()) <= HOUR.toMinutes());
      }
      if (counts) {
        counted.add(one.place());
      }
    }
    Collections.sort(counted);
    return counted;
  }

  /** Ids of histories differ, so that one query runs them all. */
  @Test
  void whatCountsIsWhatTheRuleSaysOfAnyHistory() {
    List<Row> rows = new ArrayList<>();
    for (int seed = 0; seed < HISTORIES; seed++) {
      history(seed).forEach(one -> rows.add(row(one)));
    }
    var counted =
        dataset(rows)
            .withColumn("counts", DeliveryOrder.counts(HOUR, lit(true)))
            .where("counts")
            .collectAsList()
            .stream()
            .map(DeliveryOrderTest::place)
            .collect(groupingBy(place -> place.split(" ")[1]));
    for (int seed = 0; seed < HISTORIES; seed++) {
      assertThat(counted.get(Integer.toString(seed)))
          .as("seed %d: %s", seed, history(seed))
          .containsExactlyInAnyOrderElementsOf(countedByHand(history(seed)));
    }
  }

  private static Row row(Delivered one) {
    return delivery(one.id(), one.minute(), 0, one.batch(), one.partition(), one.offset());
  }

  private static String place(Row row) {
    return "%s@%d-%d@%d".formatted(row.getString(0), row.getLong(3), row.getInt(5), row.getLong(6));
  }
}
