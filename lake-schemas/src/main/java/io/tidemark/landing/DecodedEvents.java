package io.tidemark.landing;

import io.tidemark.schema.EventColumns;
import io.tidemark.schema.KafkaColumns;
import io.tidemark.schema.RecordDecoder;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.RejectedRecordException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The good ones of some records as rows of an events table, which they become while they pass; the
 * bad ones are noted and left out.
 *
 * <p>Spark's own expressions would copy every row three times on this way, and, since the number of
 * the landing is part of the code that Spark makes of them, compile that code again for each.
 */
final class DecodedEvents implements Iterator<InternalRow> {
  private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);

  private final PatientRecords records;
  private final KafkaColumns kafka;
  private final RecordDecoder decoder;
  private final int columns;
  private final int eventTime;
  private final Long number;
  private final UTF8String landedBy;
  private final Verdicts verdicts = new Verdicts();
  private Source source;
  private int schemaId = -1;
  private int day = Integer.MIN_VALUE;
  private InternalRow next;

  /** Where records come from just now, and what is found of them. */
  private record Source(UTF8String topic, Integer partition, Verdicts.OfPartition verdicts) {
    boolean is(UTF8String otherTopic, int otherPartition) {
      return partition == otherPartition && topic.equals(otherTopic);
    }
  }

  private DecodedEvents(
      Iterator<InternalRow> records,
      KafkaColumns kafka,
      RecordFormat format,
      long number,
      String landedBy) {
    StructType events = format.eventColumns();
    this.records = new PatientRecords(records, format);
    this.kafka = kafka;
    this.decoder = new RecordDecoder(format);
    this.columns = events.size();
    this.eventTime = events.fieldIndex(EventColumns.EVENT_TIME);
    this.number = number;
    this.landedBy = landedBy == null ? null : UTF8String.fromString(landedBy);
  }

  /**
   * @param records Kafka's columns
   * @param tasks that decode them, at most
   * @param number of the landing
   * @param landedBy null for the stream
   * @param outcomes hold what was found once the rows have been written
   */
  static RDD<InternalRow> of(
      Dataset<Row> records,
      int tasks,
      RecordFormat format,
      long number,
      String landedBy,
      Outcomes outcomes) {
    KafkaColumns kafka = KafkaColumns.of(records.schema());
    return RawRows.of(records)
        .toJavaRDD()
        .coalesce(tasks)
        .mapPartitions(
            task -> {
              DecodedEvents events = new DecodedEvents(task, kafka, format, number, landedBy);
              TaskCompletionListener end = context -> outcomes.add(events.verdicts);
              TaskContext.get().addTaskCompletionListener(end);
              return events;
            })
        .rdd();
  }

  @Override
  public boolean hasNext() {
    while (next == null && records.hasNext()) {
      next = event(records.next());
    }
    return next != null;
  }

  @Override
  public InternalRow next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more events");
    }
    InternalRow event = next;
    next = null;
    return event;
  }

  /** Null if the record is bad, or comes again. */
  private InternalRow event(InternalRow record) {
    byte[] value = record.getBinary(kafka.value());
    if (records.holdBack(record, value)) {
      return null;
    }
    enter(record.getUTF8String(kafka.topic()), record.getInt(kafka.partition()));
    try {
      RecordDecoder.Decoded decoded =
          decoder.decode(value, record.getLong(kafka.timestamp()), kafka.isBrokersClock(record));
      source.verdicts().good();
      if (decoded.schemaId() != schemaId) {
        schemaId = decoded.schemaId();
        verdicts.landedBy(schemaId);
      }
      return event(record, decoded);
    } catch (RejectedRecordException bad) {
      verdicts.refuse(
          source.verdicts(), record.getLong(kafka.offset()), bad.rejection(), bad.getMessage());
      return null;
    }
  }

  /** As {@link EventColumns#of} has the columns. */
  private InternalRow event(InternalRow record, RecordDecoder.Decoded decoded) {
    Object[] row = Arrays.copyOf(decoded.row().values(), columns);
    int column = decoded.row().numFields();
    row[column++] = source.topic();
    row[column++] = source.partition();
    row[column++] = record.getLong(kafka.offset());
    row[column++] = record.getLong(kafka.timestamp());
    row[column++] = number;
    row[column++] = decoded.schemaId();
    row[column++] = decoded.rescued() == null ? null : UTF8String.fromString(decoded.rescued());
    row[column++] = landedBy;
    int date = (int) Math.floorDiv((long) row[eventTime], MICROS_PER_DAY);
    if (date != day) {
      day = date;
      verdicts.landedOn(date);
    }
    row[column] = date;
    return new GenericInternalRow(row);
  }

  /** Records of a partition come together. */
  private void enter(UTF8String topic, int partition) {
    if (source == null || !source.is(topic, partition)) {
      // The one given points into a row that will be written over.
      source =
          new Source(
              topic.copy(),
              partition,
              verdicts.of(new TopicPartition(topic.toString(), partition)));
    }
  }
}
