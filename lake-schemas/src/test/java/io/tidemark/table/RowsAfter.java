package io.tidemark.table;

import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.util.LongAccumulator;
import scala.collection.Iterator;
import scala.reflect.ClassTag;

/** Rows before which something happens, once; counts how often a partition is evaluated. */
final class RowsAfter extends RDD<InternalRow> {
  private static final long serialVersionUID = 1L;

  private final RDD<InternalRow> rows;
  private final LongAccumulator evaluated;
  private transient Runnable first;

  RowsAfter(RDD<InternalRow> rows, LongAccumulator evaluated, Runnable first) {
    super(rows, ClassTag.apply(InternalRow.class));
    this.rows = rows;
    this.evaluated = evaluated;
    this.first = first;
  }

  @Override
  public Partition[] getPartitions() {
    if (first != null) {
      first.run();
      first = null;
    }
    return rows.partitions();
  }

  @Override
  public Iterator<InternalRow> compute(Partition partition, TaskContext context) {
    evaluated.add(1L);
    return rows.iterator(partition, context);
  }
}
