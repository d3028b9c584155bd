package io.tidemark.table;

import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.types.StructType;

/**
 * A write of Iceberg's that keeps a file open for every date, except that a task does so for a few
 * dates only.
 *
 * @param fanout the write
 * @param clustered the same, whose writers take one date after another
 * @param columns of the rows
 * @param date position of the column
 */
record IcebergBatch(BatchWrite fanout, BatchWrite clustered, StructType columns, int date)
    implements BatchWrite {
  /** Four times what Delta's files would take of memory. */
  private static final int AT_ONCE = 64;

  @Override
  public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
    return new DateWriter.Factory(
        fanout.createBatchWriterFactory(info),
        clustered.createBatchWriterFactory(info),
        columns,
        date,
        AT_ONCE);
  }

  @Override
  public boolean useCommitCoordinator() {
    return fanout.useCommitCoordinator();
  }

  @Override
  public void commit(WriterCommitMessage[] messages) {
    fanout.commit(messages);
  }

  @Override
  public void abort(WriterCommitMessage[] messages) {
    fanout.abort(messages);
  }
}
