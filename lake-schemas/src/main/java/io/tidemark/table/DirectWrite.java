package io.tidemark.table;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import scala.Function2;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.runtime.BoxedUnit;

/**
 * Hands rows to the writers of a table as they are, one writer per task. Spark's own write goes
 * through a plan, which copies each row into its binary form, out of which the writer takes every
 * value again: a third of the time that landing takes.
 */
public final class DirectWrite {
  private DirectWrite() {}

  /** What a task does. */
  private interface Task
      extends Function2<TaskContext, Iterator<InternalRow>, WriterCommitMessage>, Serializable {}

  /** What is done with the outcome of a task. */
  private interface Keep extends Function2<Object, WriterCommitMessage, BoxedUnit> {}

  /**
   * Commits if every task ends well. Or else the write is asked to take back what the others have
   * written; Iceberg's leaves that to its removal of orphan files.
   */
  public static void run(SparkContext spark, RDD<InternalRow> rows, BatchWrite write) {
    int tasks = rows.getNumPartitions();
    WriterCommitMessage[] written = new WriterCommitMessage[tasks];
    Keep keep =
        (task, message) -> {
          written[(int) task] = message;
          write.onDataWriterCommit(message);
          return BoxedUnit.UNIT;
        };
    try {
      Task task = task(write.createBatchWriterFactory(() -> tasks));
      spark.runJob(rows, task, keep, ClassTag.apply(WriterCommitMessage.class));
      write.commit(written);
    } catch (Throwable e) {
      abort(write, written, e);
      throw e;
    }
  }

  private static void abort(BatchWrite write, WriterCommitMessage[] written, Throwable failure) {
    try {
      write.abort(
          Arrays.stream(written).filter(Objects::nonNull).toArray(WriterCommitMessage[]::new));
    } catch (Exception e) { // Scala throws checked ones too.
      failure.addSuppressed(e);
    }
  }

  private static Task task(DataWriterFactory writers) {
    return (context, rows) -> {
      try (DataWriter<InternalRow> writer =
          writers.createWriter(context.partitionId(), context.taskAttemptId())) {
        return write(rows, writer);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot write a data file: " + e.getMessage(), e);
      }
    };
  }

  private static WriterCommitMessage write(
      Iterator<InternalRow> rows, DataWriter<InternalRow> writer) throws IOException {
    try {
      while (rows.hasNext()) {
        writer.write(rows.next());
      }
      return writer.commit();
    } catch (Throwable e) { // Memory for sorting may have run out, which is an error.
      try {
        writer.abort();
      } catch (IOException | RuntimeException left) {
        e.addSuppressed(left);
      }
      throw e;
    }
  }
}
