package io.tidemark.landing;

import static org.apache.spark.sql.functions.col;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.aggregate.ImperativeAggregate;
import org.apache.spark.sql.catalyst.expressions.aggregate.TypedImperativeAggregate;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * How many records of each topic-partition were good and bad, counted while they pass: an aggregate
 * over {@code topic, partition, is it bad}. It reads Spark's own rows, since one of Spark's {@code
 * Aggregator}s takes longer to convert a row than landing takes to decode it.
 */
final class Outcomes extends TypedImperativeAggregate<OutcomeCounts> implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final StructType COUNT =
      new StructType()
          .add("topic", DataTypes.StringType)
          .add("partition", DataTypes.IntegerType)
          .add("events", DataTypes.LongType)
          .add("dead_letters", DataTypes.LongType);

  private final Expression topic;
  private final Expression partition;
  private final Expression bad;
  private final int mutableAggBufferOffset;
  private final int inputAggBufferOffset;

  /** Of one topic-partition. */
  record Count(long events, long deadLetters) implements Serializable {
    static final Count NONE = new Count(0, 0);
  }

  private Outcomes(
      Expression topic, Expression partition, Expression bad, int mutableOffset, int inputOffset) {
    this.topic = topic;
    this.partition = partition;
    this.bad = bad;
    this.mutableAggBufferOffset = mutableOffset;
    this.inputAggBufferOffset = inputOffset;
  }

  /** The same rows; when they have been evaluated, the observation holds the counts. */
  static Dataset<Row> observe(Dataset<Row> decoded, Observation observation) {
    Column bad = col("decoded.reason").isNotNull();
    Outcomes outcomes =
        new Outcomes(
            ExpressionUtils.expression(col("topic")),
            ExpressionUtils.expression(col("partition")),
            ExpressionUtils.expression(bad),
            0,
            0);
    return decoded.observe(
        observation, ExpressionUtils.column(outcomes.toAggregateExpression()).as("outcomes"));
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
  public OutcomeCounts createAggregationBuffer() {
    return new OutcomeCounts();
  }

  @Override
  public OutcomeCounts update(OutcomeCounts counts, InternalRow row) {
    counts.count(
        (UTF8String) topic.eval(row), (Integer) partition.eval(row), (Boolean) bad.eval(row));
    return counts;
  }

  @Override
  public OutcomeCounts merge(OutcomeCounts counts, OutcomeCounts others) {
    counts.add(others);
    return counts;
  }

  @Override
  public Object eval(OutcomeCounts counts) {
    return new GenericInternalRow(new Object[] {new GenericArrayData(counts.rows())});
  }

  @Override
  public byte[] serialize(OutcomeCounts counts) {
    return counts.bytes();
  }

  @Override
  public OutcomeCounts deserialize(byte[] bytes) {
    return OutcomeCounts.of(bytes);
  }

  @Override
  public DataType dataType() {
    return new StructType().add("counts", DataTypes.createArrayType(COUNT));
  }

  @Override
  public boolean nullable() {
    return false;
  }

  @Override
  public String prettyName() {
    return "outcomes";
  }

  @Override
  public int mutableAggBufferOffset() {
    return mutableAggBufferOffset;
  }

  @Override
  public int inputAggBufferOffset() {
    return inputAggBufferOffset;
  }

  @Override
  public ImperativeAggregate withNewMutableAggBufferOffset(int offset) {
    return new Outcomes(topic, partition, bad, offset, inputAggBufferOffset);
  }

  @Override
  public ImperativeAggregate withNewInputAggBufferOffset(int offset) {
    return new Outcomes(topic, partition, bad, mutableAggBufferOffset, offset);
  }

  @Override
  public Seq<Expression> children() {
    return CollectionConverters.asScala(List.of(topic, partition, bad)).toSeq();
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
    return new Outcomes(
        children.apply(0),
        children.apply(1),
        children.apply(2),
        mutableAggBufferOffset,
        inputAggBufferOffset);
  }

  @Override
  public int productArity() {
    return 5;
  }

  @Override
  public Object productElement(int position) {
    return switch (position) {
      case 0 -> topic;
      case 1 -> partition;
      case 2 -> bad;
      case 3 -> mutableAggBufferOffset;
      case 4 -> inputAggBufferOffset;
      default -> throw new IndexOutOfBoundsException(position);
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof Outcomes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Outcomes that
        && topic.equals(that.topic)
        && partition.equals(that.partition)
        && bad.equals(that.bad)
        && mutableAggBufferOffset == that.mutableAggBufferOffset
        && inputAggBufferOffset == that.inputAggBufferOffset;
  }

  @Override
  public int hashCode() {
    return Objects.hash(topic, partition, bad, mutableAggBufferOffset, inputAggBufferOffset);
  }
}
