package io.tidemark.landing;

import io.tidemark.schema.KafkaColumns;
import io.tidemark.schema.RecordHeader;
import io.tidemark.table.Commit;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalInt;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.TaskCompletionListener;

/** The refused ones of some records as rows of the dead letters, which they become as they pass. */
final class RefusedRecords implements Iterator<InternalRow> {
  private final Iterator<InternalRow> records;
  private final Target target;
  private final Verdicts verdicts;
  private final Found found = new Found();
  private UTF8String topic;
  private TopicPartition place;
  private InternalRow next;

  /** What is the same in all of a batch's rows, and where the columns are. */
  static final class Target implements Serializable {
    private static final long serialVersionUID = 1L;

    private final String pipeline;
    private final String query;
    private final long batch;
    private final long landedAt;
    private final StructType columns;
    private final KafkaColumns kafka;
    private final int key;

    Target(
        String pipeline, Commit commit, Instant landedAt, StructType columns, StructType records) {
      this.pipeline = pipeline;
      this.query = commit.query();
      this.batch = commit.batch();
      this.landedAt = ChronoUnit.MICROS.between(Instant.EPOCH, landedAt);
      this.columns = columns;
      this.kafka = KafkaColumns.of(records);
      this.key = records.fieldIndex("key");
    }
  }

  RefusedRecords(Iterator<InternalRow> records, Target target, Verdicts verdicts, Found all) {
    this.records = records;
    this.target = target;
    this.verdicts = verdicts;
    TaskCompletionListener end = context -> all.add(found.value());
    TaskContext.get().addTaskCompletionListener(end);
  }

  @Override
  public boolean hasNext() {
    while (next == null && records.hasNext()) {
      InternalRow record = records.next();
      enter(record);
      int refused = verdicts.find(place, record.getLong(target.kafka.offset()));
      if (refused >= 0) {
        found.add(place, refused);
        next = row(record, verdicts.reason(place, refused));
      }
    }
    return next != null;
  }

  private void enter(InternalRow record) {
    UTF8String name = record.getUTF8String(target.kafka.topic());
    int partition = record.getInt(target.kafka.partition());
    if (place == null || place.partition() != partition || !topic.equals(name)) {
      // The one given points into a row that will be written over.
      topic = name.copy();
      place = new TopicPartition(topic.toString(), partition);
    }
  }

  private InternalRow row(InternalRow record, Verdicts.Reason reason) {
    byte[] value = record.getBinary(target.kafka.value());
    OptionalInt id = RecordHeader.schemaId(value);
    GenericInternalRow row = new GenericInternalRow(target.columns.size());
    set(row, "pipeline", UTF8String.fromString(target.pipeline));
    set(row, "query", UTF8String.fromString(target.query));
    set(row, "batch", target.batch);
    set(row, "topic", topic);
    set(row, "partition", place.partition());
    set(row, "offset", record.getLong(target.kafka.offset()));
    set(row, "timestamp", record.getLong(target.kafka.timestamp()));
    set(row, "key", record.isNullAt(target.key) ? null : record.getBinary(target.key));
    set(row, "value", value);
    set(row, "schema_id", id.isPresent() ? id.getAsInt() : null);
    set(row, "stage", UTF8String.fromString(reason.rejection().stage()));
    set(row, "reason", UTF8String.fromString(reason.rejection().reason()));
    set(row, "message", UTF8String.fromString(reason.message()));
    set(row, "landed_at", target.landedAt);
    set(row, "timestamp_type", UTF8String.fromString(target.kafka.timestampTypeName(record)));
    if (target.kafka.hasHeaders() && !record.isNullAt(target.kafka.headers())) {
      // The one given points into a row that will be written over.
      set(row, "headers", record.getArray(target.kafka.headers()).copy());
    }
    return row;
  }

  private void set(GenericInternalRow row, String column, Object value) {
    row.update(target.columns.fieldIndex(column), value);
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more refused records");
    }
    InternalRow row = next;
    next = null;
    return row;
  }
}
