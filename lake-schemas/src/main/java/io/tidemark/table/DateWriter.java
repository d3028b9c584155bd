package io.tidemark.table;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.types.StructType;
import scala.collection.Iterator;

/**
 * Hands the rows of one task to writers that have a file per date. A file takes about a megabyte of
 * memory while it is open, so rows of the first few dates are written as they come; those of all
 * further dates wait, and are written date by date.
 */
final class DateWriter implements DataWriter<InternalRow> {
  private final Factory settings;
  private final DataWriter<InternalRow> asTheyCome;
  private final Supplier<DataWriter<InternalRow>> next;
  private final Set<Integer> open = new HashSet<>();
  private int latest = Integer.MIN_VALUE;
  private WaitingRows waiting;
  private DataWriter<InternalRow> dateByDate;

  private DateWriter(
      Factory settings,
      DataWriter<InternalRow> asTheyCome,
      Supplier<DataWriter<InternalRow>> next) {
    this.settings = settings;
    this.asTheyCome = asTheyCome;
    this.next = next;
  }

  /**
   * @param asTheyCome makes writers that keep a file open for every date
   * @param dateByDate makes writers that close a file when another date comes
   * @param columns of a row
   * @param date position of the one by which files are told apart
   * @param atOnce how many dates are written as they come
   */
  record Factory(
      DataWriterFactory asTheyCome,
      DataWriterFactory dateByDate,
      StructType columns,
      int date,
      int atOnce)
      implements DataWriterFactory {
    @Override
    public DataWriter<InternalRow> createWriter(int partition, long task) {
      return new DateWriter(
          this,
          asTheyCome.createWriter(partition, task),
          () -> dateByDate.createWriter(partition, task));
    }
  }

  /** What both writers have written. No record: Kryo, if Spark is to use it, knows none. */
  static final class Written implements WriterCommitMessage {
    private static final long serialVersionUID = 1L;

    private final WriterCommitMessage[] parts;

    private Written(WriterCommitMessage... parts) {
      this.parts = parts;
    }

    /** The messages of the writers themselves. */
    WriterCommitMessage[] parts() {
      return parts.clone();
    }
  }

  @Override
  public void write(InternalRow row) throws IOException {
    // A row without a date is for its writer to refuse.
    if (row.isNullAt(settings.date()) || isOpen(row.getInt(settings.date()))) {
      asTheyCome.write(row);
      return;
    }
    if (waiting == null) {
      waiting = new WaitingRows(settings.columns(), settings.date());
    }
    waiting.add(row);
  }

  private boolean isOpen(int day) {
    if (day == latest && !open.isEmpty()) {
      return true;
    }
    if (open.contains(day) || (open.size() < settings.atOnce() && open.add(day))) {
      latest = day;
      return true;
    }
    return false;
  }

  @Override
  public WriterCommitMessage commit() throws IOException {
    WriterCommitMessage first = asTheyCome.commit();
    if (waiting == null) {
      return new Written(first);
    }
    dateByDate = next.get();
    for (Iterator<InternalRow> rows = waiting.byDate(); rows.hasNext(); ) {
      dateByDate.write(rows.next());
    }
    return new Written(first, dateByDate.commit());
  }

  @Override
  public void abort() throws IOException {
    Cleanup cleanup = new Cleanup();
    cleanup.attempt(asTheyCome::abort);
    if (dateByDate != null) {
      cleanup.attempt(dateByDate::abort);
    }
    cleanup.end("Cannot take back what a task that failed has written");
  }

  @Override
  public void close() throws IOException {
    Cleanup cleanup = new Cleanup();
    cleanup.attempt(asTheyCome::close);
    if (dateByDate != null) {
      cleanup.attempt(dateByDate::close);
    }
    cleanup.end("Cannot close the files of a task");
  }
}
