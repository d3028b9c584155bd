package io.tidemark.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.execution.UnsafeExternalRowSorter;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.collection.unsafe.sort.PrefixComparators;
import scala.collection.Iterator;
import scala.math.Ordering;
import scala.math.Ordering$;

/**
 * Rows of a task that wait until they can be read in the order of their dates. They are in Spark's
 * memory for sorting, and go to disk where that does not suffice; both are free again when the task
 * ends.
 */
public final class WaitingRows {
  private final UnsafeProjection binary;
  private final UnsafeExternalRowSorter sorter;

  /** Gives a row's place in the order. */
  private static final class Day extends UnsafeExternalRowSorter.PrefixComputer {
    private final int date;
    private final Prefix prefix = new Prefix();

    Day(int date) {
      this.date = date;
      prefix.isNull = false;
    }

    @Override
    public Prefix computePrefix(InternalRow row) {
      prefix.value = row.getInt(date);
      return prefix;
    }
  }

  /**
   * @param date position of the column
   */
  public WaitingRows(StructType columns, int date) {
    Comparator<InternalRow> byDate = Comparator.comparingInt(row -> row.getInt(date));
    Ordering<InternalRow> order = Ordering$.MODULE$.comparatorToOrdering(byDate);
    binary = UnsafeProjection.create(columns);
    try {
      sorter =
          UnsafeExternalRowSorter.create(
              columns,
              order,
              PrefixComparators.LONG,
              new Day(date),
              SparkEnv.get().memoryManager().pageSizeBytes(),
              true);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot sort rows by date", e);
    }
  }

  public void add(InternalRow row) throws IOException {
    sorter.insertRow(binary.apply(row));
  }

  /** All of them, in the order of their dates; each is valid until the next. */
  public Iterator<InternalRow> byDate() throws IOException {
    return sorter.sort();
  }
}
