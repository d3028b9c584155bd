package io.tidemark.landing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What a task has counted of each topic-partition. Records of a partition come together, so the
 * last one is kept at hand.
 */
final class OutcomeCounts {
  private static final int EVENTS = 0;
  private static final int DEAD_LETTERS = 1;

  private final HashMap<TopicPartition, long[]> byPartition = new HashMap<>();
  private UTF8String lastTopic;
  private int lastPartition;
  private long[] last;

  void count(UTF8String topic, int partition, boolean bad) {
    if (last == null || partition != lastPartition || !topic.equals(lastTopic)) {
      // The one given points into a row that will be written over.
      lastTopic = topic.copy();
      lastPartition = partition;
      last = of(new TopicPartition(topic.toString(), partition));
    }
    last[bad ? DEAD_LETTERS : EVENTS]++;
  }

  void add(OutcomeCounts others) {
    others.byPartition.forEach(
        (place, count) -> {
          long[] sum = of(place);
          sum[EVENTS] += count[EVENTS];
          sum[DEAD_LETTERS] += count[DEAD_LETTERS];
        });
  }

  /** Rows of topic, partition, events, dead letters. */
  Object[] rows() {
    return byPartition.entrySet().stream()
        .map(
            entry ->
                new GenericInternalRow(
                    new Object[] {
                      UTF8String.fromString(entry.getKey().topic()),
                      entry.getKey().partition(),
                      entry.getValue()[EVENTS],
                      entry.getValue()[DEAD_LETTERS]
                    }))
        .toArray();
  }

  /** As tasks send it to the driver. */
  byte[] bytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(byPartition);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write counts to memory", e);
    }
    return bytes.toByteArray();
  }

  @SuppressWarnings("unchecked") // It is what bytes() wrote.
  static OutcomeCounts of(byte[] bytes) {
    OutcomeCounts counts = new OutcomeCounts();
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      counts.byPartition.putAll((Map<TopicPartition, long[]>) in.readObject());
      return counts;
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException("Cannot read counts from memory", e);
    }
  }

  private long[] of(TopicPartition place) {
    return byPartition.computeIfAbsent(place, absent -> new long[2]);
  }
}
