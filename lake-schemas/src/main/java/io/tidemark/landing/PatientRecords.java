package io.tidemark.landing;

import io.tidemark.schema.KafkaColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.UnknownIds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Records of a task as they come, but for those that are held back: their schemas are unknown so
 * far. They come again after the others, once all of their schemas have been waited for together.
 */
final class PatientRecords implements Iterator<InternalRow> {
  /** What is held back at most before it is waited for, in bytes. */
  private static final long HELD = 32L * 1024 * 1024;

  /** What a row takes beside its value, about. */
  private static final long ROW = 200;

  private final Iterator<InternalRow> records;
  private final UnknownIds unknown;
  private List<InternalRow> held = new ArrayList<>();
  private long size;
  private Iterator<InternalRow> released = Collections.emptyIterator();

  PatientRecords(Iterator<InternalRow> records, RecordFormat format) {
    this.records = records;
    this.unknown = new UnknownIds(format);
  }

  /** The same records in another order: none comes before its schema was waited for. */
  static Dataset<Row> of(Dataset<Row> records, int tasks, RecordFormat format) {
    if (format.patience().isZero()) {
      return records.coalesce(tasks);
    }
    KafkaColumns kafka = KafkaColumns.of(records.schema());
    RDD<InternalRow> patient =
        RawRows.of(records)
            .toJavaRDD()
            .coalesce(tasks)
            .mapPartitions(task -> new PatientRecords(task, format).settled(kafka))
            .rdd();
    return RawRows.dataset(records.sparkSession(), patient, records.schema());
  }

  private Iterator<InternalRow> settled(KafkaColumns kafka) {
    return new Iterator<>() {
      private InternalRow next;

      @Override
      public boolean hasNext() {
        while (next == null && PatientRecords.this.hasNext()) {
          InternalRow record = PatientRecords.this.next();
          next = holdBack(record, record.getBinary(kafka.value())) ? null : record;
        }
        return next != null;
      }

      @Override
      public InternalRow next() {
        if (!hasNext()) {
          throw new NoSuchElementException("no more records");
        }
        InternalRow record = next;
        next = null;
        return record;
      }
    };
  }

  /** Whether the record, just given, will come again. */
  boolean holdBack(InternalRow record, byte[] value) {
    if (!unknown.has(value)) {
      return false;
    }
    held.add(record.copy());
    size += value.length + ROW;
    return true;
  }

  @Override
  public boolean hasNext() {
    if (!released.hasNext() && !held.isEmpty() && (size >= HELD || !records.hasNext())) {
      unknown.settle();
      released = held.iterator();
      held = new ArrayList<>();
      size = 0;
    }
    return released.hasNext() || records.hasNext();
  }

  @Override
  public InternalRow next() {
    return released.hasNext() ? released.next() : records.next();
  }
}
