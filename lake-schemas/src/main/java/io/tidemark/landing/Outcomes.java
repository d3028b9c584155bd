package io.tidemark.landing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udaf;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Aggregator;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/** How many records of each topic-partition were good and bad, counted while they pass. */
final class Outcomes extends Aggregator<Row, HashMap<TopicPartition, long[]>, Row> {
  private static final long serialVersionUID = 1L;
  private static final int EVENTS = 0;
  private static final int DEAD_LETTERS = 1;

  private static final StructType INPUT =
      new StructType()
          .add("topic", DataTypes.StringType)
          .add("partition", DataTypes.IntegerType)
          .add("bad", DataTypes.BooleanType);

  private static final StructType COUNT =
      new StructType()
          .add("topic", DataTypes.StringType)
          .add("partition", DataTypes.IntegerType)
          .add("events", DataTypes.LongType)
          .add("dead_letters", DataTypes.LongType);

  private static final StructType OUTPUT =
      new StructType().add("counts", DataTypes.createArrayType(COUNT));

  /** Of one topic-partition. */
  record Count(long events, long deadLetters) implements Serializable {
    static final Count NONE = new Count(0, 0);
  }

  private Outcomes() {}

  /** The same rows; when they have been evaluated, the observation holds the counts. */
  static Dataset<Row> observe(Dataset<Row> decoded, Observation observation) {
    return decoded.observe(
        observation,
        udaf(new Outcomes(), Encoders.row(INPUT))
            .apply(col("topic"), col("partition"), col("decoded.reason").isNotNull())
            .as("outcomes"));
  }

  static Map<TopicPartition, Count> of(Observation observation) {
    try {
      Row outcomes = (Row) observation.getAsJava().get("outcomes");
      return counts(outcomes.getList(0));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot count what landed: interrupted", e);
    }
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
  public HashMap<TopicPartition, long[]> zero() {
    return new HashMap<>();
  }

  @Override
  public HashMap<TopicPartition, long[]> reduce(HashMap<TopicPartition, long[]> counts, Row row) {
    var place = new TopicPartition(row.getString(0), row.getInt(1));
    counts
        .computeIfAbsent(place, absent -> new long[2])[row.getBoolean(2) ? DEAD_LETTERS : EVENTS]++;
    return counts;
  }

  @Override
  public HashMap<TopicPartition, long[]> merge(
      HashMap<TopicPartition, long[]> counts, HashMap<TopicPartition, long[]> others) {
    others.forEach(
        (place, count) ->
            counts.merge(
                place,
                count,
                (a, b) -> new long[] {a[EVENTS] + b[EVENTS], a[DEAD_LETTERS] + b[DEAD_LETTERS]}));
    return counts;
  }

  @Override
  public Row finish(HashMap<TopicPartition, long[]> counts) {
    List<Row> rows =
        counts.entrySet().stream()
            .map(
                e ->
                    RowFactory.create(
                        e.getKey().topic(),
                        e.getKey().partition(),
                        e.getValue()[EVENTS],
                        e.getValue()[DEAD_LETTERS]))
            .toList();
    return RowFactory.create(CollectionConverters.asScala(rows).toSeq());
  }

  @Override
  @SuppressWarnings("unchecked") // A class literal cannot carry type arguments.
  public Encoder<HashMap<TopicPartition, long[]>> bufferEncoder() {
    return (Encoder<HashMap<TopicPartition, long[]>>)
        (Encoder<?>) Encoders.javaSerialization(HashMap.class);
  }

  @Override
  public Encoder<Row> outputEncoder() {
    return Encoders.row(OUTPUT);
  }
}
