package io.tidemark.table;

import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import scala.collection.Iterator;
import scala.reflect.ClassTag;

/** Rows before which something happens, once. */
final class RowsAfter extends RDD<InternalRow> {
  private static final long serialVersionUID = 1L;

  private final RDD<InternalRow> rows;
  private transient Runnable first;

  RowsAfter(RDD<InternalRow> rows, Runnable first) {
    super(rows, ClassTag.apply(InternalRow.class));
    this.rows = rows;
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
    return rows.iterator(partition, context);
  }
}
