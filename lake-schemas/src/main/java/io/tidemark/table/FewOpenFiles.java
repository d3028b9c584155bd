package io.tidemark.table;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.types.StructType;
import scala.collection.Iterator;

/**
 * Writes by writers that keep a file open for each date until they commit. A file takes more than a
 * megabyte of memory, so a writer gets the rows of a few dates; those of all further dates wait,
 * and go date by date to writers after it.
 */
public final class FewOpenFiles implements BatchWrite {
  private final BatchWrite write;
  private final StructType columns;
  private final int date;
  private final int atOnce;

  private FewOpenFiles(BatchWrite write, StructType columns, int date, int atOnce) {
    this.write = write;
    this.columns = columns;
    this.date = date;
    this.atOnce = atOnce;
  }

  /**
   * @param write whose writers keep files open
   * @param columns of a row
   * @param date the one that has a file for each of its values
   */
  public static BatchWrite of(BatchWrite write, StructType columns, String date) {
    return new FewOpenFiles(
        write, columns, columns.fieldIndex(date), atOnce(SparkSession.active()));
  }

  /** How many files a task may have open, by Spark's own setting. */
  public static int atOnce(SparkSession spark) {
    return Math.max(1, spark.sessionState().conf().maxConcurrentOutputFileWriters());
  }

  /**
   * What the writers of one task have written. No record: Kryo, if Spark is to use it, knows none.
   */
  private static final class Several implements WriterCommitMessage {
    private static final long serialVersionUID = 1L;

    private final WriterCommitMessage[] messages;

    Several(List<WriterCommitMessage> messages) {
      this.messages = messages.toArray(WriterCommitMessage[]::new);
    }
  }

  private record Writers(DataWriterFactory writers, StructType columns, int date, int atOnce)
      implements DataWriterFactory {
    private static final long serialVersionUID = 1L;

    @Override
    public DataWriter<InternalRow> createWriter(int partition, long task) {
      return new Writer(this, partition, task);
    }
  }

  private static final class Writer implements DataWriter<InternalRow> {
    /** Above the numbers of tasks. Files are named after the number. */
    private static final int WRITER_BITS = 40;

    private final Writers from;
    private final int partition;
    private final long task;
    private final List<WriterCommitMessage> committed = new ArrayList<>();
    private final Set<Integer> open = new HashSet<>();
    private int latest;
    private DataWriter<InternalRow> writer;
    private WaitingRows waiting;

    Writer(Writers from, int partition, long task) {
      this.from = from;
      this.partition = partition;
      this.task = task;
      this.writer = next();
    }

    private DataWriter<InternalRow> next() {
      return from.writers()
          .createWriter(partition, task + ((long) committed.size() << WRITER_BITS));
    }

    @Override
    public void write(InternalRow row) throws IOException {
      if (row.isNullAt(from.date())) {
        throw new IllegalArgumentException(
            "Cannot write a row without a " + from.columns().apply(from.date()).name());
      }
      int day = row.getInt(from.date());
      if (isOpen(day) || open.size() < from.atOnce()) {
        write(row, day);
      } else {
        if (waiting == null) {
          waiting = new WaitingRows(from.columns(), from.date());
        }
        waiting.add(row);
      }
    }

    private boolean isOpen(int day) {
      return !open.isEmpty() && day == latest || open.contains(day);
    }

    private void write(InternalRow row, int day) throws IOException {
      if (open.isEmpty() || day != latest) {
        open.add(day);
        latest = day;
      }
      writer.write(row);
    }

    @Override
    public WriterCommitMessage commit() throws IOException {
      committed.add(writer.commit());
      if (waiting != null) {
        Iterator<InternalRow> rows = waiting.byDate();
        open.clear();
        advance();
        while (rows.hasNext()) {
          InternalRow row = rows.next();
          int day = row.getInt(from.date());
          if (!isOpen(day) && open.size() == from.atOnce()) {
            committed.add(writer.commit());
            open.clear();
            advance();
          }
          write(row, day);
        }
        committed.add(writer.commit());
      }
      return new Several(committed);
    }

    private void advance() throws IOException {
      writer.close();
      writer = next();
    }

    /** The files of writers before stay, as those of tasks before do. */
    @Override
    public void abort() throws IOException {
      writer.abort();
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }
  }

  @Override
  public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
    return new Writers(write.createBatchWriterFactory(info), columns, date, atOnce);
  }

  @Override
  public boolean useCommitCoordinator() {
    return write.useCommitCoordinator();
  }

  @Override
  public void onDataWriterCommit(WriterCommitMessage message) {
    for (WriterCommitMessage each : ((Several) message).messages) {
      write.onDataWriterCommit(each);
    }
  }

  @Override
  public void commit(WriterCommitMessage[] messages) {
    write.commit(each(messages));
  }

  @Override
  public void abort(WriterCommitMessage[] messages) {
    write.abort(each(messages));
  }

  private static WriterCommitMessage[] each(WriterCommitMessage[] messages) {
    return Arrays.stream(messages)
        .flatMap(message -> Stream.of(((Several) message).messages))
        .toArray(WriterCommitMessage[]::new);
  }
}
