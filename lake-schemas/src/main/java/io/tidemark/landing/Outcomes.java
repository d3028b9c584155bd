package io.tidemark.landing;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.AccumulatorV2;

/**
 * How many records of each topic-partition were good and bad, added up while they pass. Spark takes
 * the counts of a task that writes exactly once, however often it was tried.
 */
final class Outcomes
    extends AccumulatorV2<
        Map<TopicPartition, Outcomes.Count>, Map<TopicPartition, Outcomes.Count>> {
  private static final long serialVersionUID = 1L;

  private final HashMap<TopicPartition, Count> counts = new HashMap<>();

  /** Of one topic-partition. */
  record Count(long events, long deadLetters) implements Serializable {
    static final Count NONE = new Count(0, 0);

    private Count plus(Count more) {
      return new Count(events + more.events, deadLetters + more.deadLetters);
    }
  }

  static Outcomes register(SparkContext context) {
    Outcomes outcomes = new Outcomes();
    context.register(outcomes, "records landed");
    return outcomes;
  }

  /** From rows of topic, partition, events, dead letters. */
  static Map<TopicPartition, Count> counts(List<Row> rows) {
    Map<TopicPartition, Count> counts = new HashMap<>();
    for (Row row : rows) {
      counts.put(
          new TopicPartition(row.getString(0), row.getInt(1)),
          new Count(row.getLong(2), row.getLong(3)));
    }
    return counts;
  }

  @Override
  public boolean isZero() {
    return counts.isEmpty();
  }

  @Override
  public void add(Map<TopicPartition, Count> more) {
    more.forEach((place, count) -> counts.merge(place, count, Count::plus));
  }

  @Override
  public void merge(AccumulatorV2<Map<TopicPartition, Count>, Map<TopicPartition, Count>> others) {
    add(others.value());
  }

  @Override
  public void reset() {
    counts.clear();
  }

  @Override
  public Outcomes copy() {
    Outcomes copy = new Outcomes();
    copy.add(counts);
    return copy;
  }

  @Override
  public Map<TopicPartition, Count> value() {
    return Map.copyOf(counts);
  }
}
