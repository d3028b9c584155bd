package io.tidemark.dimension;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * What was delivered to a small dimension, cut into batches in which it lands.
 *
 * @param seed it was made from
 */
record DimensionHistory(long seed, List<List<Delivery>> batches) {
  private static final int PARTITIONS = 3;

  /**
   * One record of the topic.
   *
   * @param key of the Kafka record, may be null
   * @param station whose row it is; null for a tombstone
   */
  record Delivery(int partition, long offset, long timestamp, String key, String station, int price)
      implements Comparable<Delivery> {
    @Override
    public int compareTo(Delivery other) {
      return comparing(Delivery::partition)
          .thenComparing(comparingLong(Delivery::offset))
          .compare(this, other);
    }

    /** Whether it is later than another, of the same partition or not. */
    boolean follows(Delivery other) {
      if (partition == other.partition) {
        return offset > other.offset;
      }
      return timestamp == other.timestamp
          ? partition > other.partition
          : timestamp > other.timestamp;
    }
  }

  /** Keys that stay in their partition or move, clocks that are wrong, and batches in any order. */
  static DimensionHistory of(long seed) {
    Random random = new Random(seed);
    List<Delivery> delivered = new ArrayList<>();
    long[] ends = new long[PARTITIONS];
    int size = 1 + random.nextInt(12);
    for (int i = 0; i < size; i++) {
      int station = random.nextInt(3);
      int partition = random.nextInt(4) == 0 ? random.nextInt(PARTITIONS) : station;
      boolean oddKey = random.nextInt(6) == 0;
      String key = oddKey ? List.of("x", "y").get(random.nextInt(2)) : "station-" + station;
      boolean tombstone = random.nextInt(3) == 0;
      delivered.add(
          new Delivery(
              partition,
              ends[partition]++,
              random.nextInt(4),
              tombstone || random.nextInt(8) > 0 ? key : null,
              tombstone ? null : "station " + station,
              random.nextInt(3)));
    }
    return new DimensionHistory(seed, cut(delivered, random));
  }

  private static List<List<Delivery>> cut(List<Delivery> delivered, Random random) {
    List<Delivery> landing = new ArrayList<>(delivered);
    for (Delivery again : delivered) {
      if (random.nextInt(5) == 0) {
        landing.add(again);
      }
    }
    if (random.nextBoolean()) {
      Collections.shuffle(landing, random);
    }
    List<List<Delivery>> batches = new ArrayList<>();
    for (Delivery delivery : landing) {
      if (batches.isEmpty() || batches.size() < 4 && random.nextInt(4) == 0) {
        batches.add(new ArrayList<>());
      }
      batches.get(batches.size() - 1).add(delivery);
    }
    return batches;
  }

  /** Deliveries less one, each in turn. */
  List<DimensionHistory> smaller() {
    List<DimensionHistory> smaller = new ArrayList<>();
    for (int batch = 0; batch < batches.size(); batch++) {
      for (int place = 0; place < batches.get(batch).size(); place++) {
        List<List<Delivery>> less = new ArrayList<>();
        batches.forEach(delivered -> less.add(new ArrayList<>(delivered)));
        less.get(batch).remove(place);
        smaller.add(new DimensionHistory(seed, less));
      }
    }
    return smaller;
  }

  /** The rows there are to be, told record by record: {@code station=price}. */
  List<String> rows() {
    List<Delivery> all = batches.stream().flatMap(Collection::stream).distinct().sorted().toList();
    TreeMap<String, Delivery> rows = new TreeMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      TreeMap<String, Delivery> ofPartition = new TreeMap<>();
      for (Delivery delivery : all) {
        if (delivery.partition() == partition && delivery.station() != null) {
          ofPartition.put(delivery.station(), delivery);
        }
      }
      ofPartition.forEach(
          (station, row) ->
              rows.merge(station, row, (one, other) -> other.follows(one) ? other : one));
    }
    rows.values().removeIf(row -> tombstones(all).stream().anyMatch(t -> deletes(t, row)));
    return rows.values().stream().map(row -> row.station() + "=" + row.price()).toList();
  }

  /** The last of each Kafka key in each partition. */
  private static List<Delivery> tombstones(List<Delivery> all) {
    TreeMap<String, Delivery> last = new TreeMap<>();
    all.stream()
        .filter(delivery -> delivery.station() == null)
        .forEach(tombstone -> last.put(tombstone.partition() + tombstone.key(), tombstone));
    return List.copyOf(last.values());
  }

  private static boolean deletes(Delivery tombstone, Delivery row) {
    return tombstone.key().equals(row.key()) && tombstone.follows(row);
  }
}
