package io.tidemark.landing;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.util.AccumulatorV2;

/**
 * Which of the refused records of a batch were read again, to be written. A set, because a write
 * that lost a race passes over them once more.
 */
final class Found extends AccumulatorV2<Map<TopicPartition, BitSet>, Map<TopicPartition, BitSet>> {
  private static final long serialVersionUID = 1L;

  private final HashMap<TopicPartition, BitSet> found = new HashMap<>();

  static Found register(SparkContext context) {
    Found found = new Found();
    context.register(found);
    return found;
  }

  /** How many of each topic-partition. */
  Map<TopicPartition, Long> counts() {
    Map<TopicPartition, Long> counts = new HashMap<>();
    found.forEach((place, records) -> counts.put(place, (long) records.cardinality()));
    return counts;
  }

  void add(TopicPartition place, int refused) {
    found.computeIfAbsent(place, absent -> new BitSet()).set(refused);
  }

  @Override
  public boolean isZero() {
    return found.isEmpty();
  }

  @Override
  public void add(Map<TopicPartition, BitSet> more) {
    more.forEach(
        (place, records) -> found.computeIfAbsent(place, absent -> new BitSet()).or(records));
  }

  @Override
  public void merge(
      AccumulatorV2<Map<TopicPartition, BitSet>, Map<TopicPartition, BitSet>> others) {
    add(others.value());
  }

  @Override
  public void reset() {
    found.clear();
  }

  @Override
  public Found copy() {
    Found copy = new Found();
    copy.add(found);
    return copy;
  }

  @Override
  public Map<TopicPartition, BitSet> value() {
    return found;
  }
}
