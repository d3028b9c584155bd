package io.tidemark.landing;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.AccumulatorV2;

/**
 * The verdicts on the records of a batch, gathered while they pass. Spark takes those of a task
 * that writes exactly once, however often it was tried.
 */
public final class Outcomes extends AccumulatorV2<Verdicts, Verdicts> {
  private static final long serialVersionUID = 1L;

  private Verdicts verdicts = new Verdicts();

  /** Of one topic-partition. */
  public record Count(long events, long deadLetters) implements Serializable {
    static final Count NONE = new Count(0, 0);

    private Count plus(Count more) {
      return new Count(events + more.events, deadLetters + more.deadLetters);
    }
  }

  /** Without a name: what has one is shown, and kept, with every task of Spark's pages. */
  static Outcomes register(SparkContext context) {
    Outcomes outcomes = new Outcomes();
    context.register(outcomes);
    return outcomes;
  }

  /** Good records and dead letters of each topic-partition. */
  public static Map<TopicPartition, Count> counts(
      Map<TopicPartition, Long> good, Map<TopicPartition, Long> deadLetters) {
    Map<TopicPartition, Count> counts = new HashMap<>();
    good.forEach((place, count) -> counts.merge(place, new Count(count, 0), Count::plus));
    deadLetters.forEach((place, count) -> counts.merge(place, new Count(0, count), Count::plus));
    return counts;
  }

  /** From rows of topic, partition and count. */
  public static Map<TopicPartition, Long> byPartition(List<Row> rows) {
    Map<TopicPartition, Long> counts = new HashMap<>();
    for (Row row : rows) {
      counts.put(new TopicPartition(row.getString(0), row.getInt(1)), row.getLong(2));
    }
    return counts;
  }

  @Override
  public boolean isZero() {
    return verdicts.isEmpty();
  }

  @Override
  public void add(Verdicts more) {
    verdicts.add(more);
  }

  @Override
  public void merge(AccumulatorV2<Verdicts, Verdicts> others) {
    add(others.value());
  }

  @Override
  public void reset() {
    verdicts = new Verdicts();
  }

  @Override
  public Outcomes copy() {
    Outcomes copy = new Outcomes();
    copy.add(verdicts);
    return copy;
  }

  @Override
  public Verdicts value() {
    return verdicts;
  }
}
