package io.tidemark.streaming;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.tidemark.schema.EventColumns;
import java.io.Serializable;
import java.util.OptionalLong;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.AccumulatorV2;

/**
 * Which landing batches a refresh batch read. The rows themselves tell, while they pass: Spark's
 * observed metrics reach a query's progress only after its batch has ended, which is too late for a
 * row that must be written within it. A least and a greatest value do not change when a task is
 * tried twice.
 */
final class LandedRange extends AccumulatorV2<Long, LandedRange> {
  private static final long serialVersionUID = 1L;

  private long from = Long.MAX_VALUE;
  private long through = Long.MIN_VALUE;

  static LandedRange register(SparkContext context) {
    LandedRange range = new LandedRange();
    context.register(range, "landed batches read");
    return range;
  }

  /** The same events; while they are read, this range follows. */
  Dataset<Row> watch(Dataset<Row> events) {
    UDF1<Long, Boolean> note = (UDF1<Long, Boolean> & Serializable) this::note;
    return events.where(
        udf(note, DataTypes.BooleanType)
            .asNondeterministic()
            .apply(col(EventColumns.LANDED_BATCH)));
  }

  private Boolean note(Long batch) {
    add(batch);
    return true;
  }

  OptionalLong from() {
    return isZero() ? OptionalLong.empty() : OptionalLong.of(from);
  }

  OptionalLong through() {
    return isZero() ? OptionalLong.empty() : OptionalLong.of(through);
  }

  @Override
  public boolean isZero() {
    return from > through;
  }

  @Override
  public void add(Long batch) {
    from = Math.min(from, batch);
    through = Math.max(through, batch);
  }

  @Override
  public void merge(AccumulatorV2<Long, LandedRange> other) {
    LandedRange range = other.value();
    from = Math.min(from, range.from);
    through = Math.max(through, range.through);
  }

  @Override
  public void reset() {
    from = Long.MAX_VALUE;
    through = Long.MIN_VALUE;
  }

  @Override
  public LandedRange copy() {
    LandedRange copy = new LandedRange();
    copy.from = from;
    copy.through = through;
    return copy;
  }

  @Override
  public LandedRange value() {
    return this;
  }

  /** Not as the superclass has it, which prints the value, which is this. */
  @Override
  public String toString() {
    return "landed batches [%d, %d]".formatted(from, through);
  }
}
