package io.tidemark.table;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import scala.Function2;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.runtime.BoxedUnit;

/**
 * Hands rows to the writers of a table as they are, one writer per task. Spark's own write goes
 * through a plan, which copies each row into its binary form, out of which the writer takes every
 * value again: a third of the time that landing takes.
 */
public final class DirectWrite {
  private static final String SETTING = "spark.tidemark.direct-writes";

  private DirectWrite() {}

  /**
   * Says whether a session, and the queries that it starts, may write to Delta tables in this way.
   * They may unless it is forbidden.
   */
  public static void allow(SparkSession spark, boolean allowed) {
    spark.conf().set(SETTING, allowed);
  }

  /** Whether a session may. */
  public static boolean isAllowed(SparkSession spark) {
    return Boolean.parseBoolean(spark.conf().get(SETTING, "true"));
  }

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
    run(write, tasks, written -> runTasks(spark, rows, write, written));
  }

  /**
   * Writes rows that the driver has, in its own thread: to send a handful to a task takes longer
   * than to write them.
   */
  public static void run(List<InternalRow> rows, BatchWrite write) {
    run(
        write,
        1,
        written -> {
          DataWriterFactory writers = write.createBatchWriterFactory(() -> 1);
          written[0] = write(writers, 0, 0, CollectionConverters.asScala(rows.iterator()));
          write.onDataWriterCommit(written[0]);
        });
  }

  private static void run(BatchWrite write, int tasks, Consumer<WriterCommitMessage[]> work) {
    WriterCommitMessage[] written = new WriterCommitMessage[tasks];
    try {
      work.accept(written);
      write.commit(written);
    } catch (Throwable e) {
      abort(write, written, e);
      throw e;
    }
  }

  private static void runTasks(
      SparkContext spark, RDD<InternalRow> rows, BatchWrite write, WriterCommitMessage[] written) {
    Keep keep =
        (task, message) -> {
          written[(int) task] = message;
          write.onDataWriterCommit(message);
          return BoxedUnit.UNIT;
        };
    DataWriterFactory writers = write.createBatchWriterFactory(() -> written.length);
    Task task =
        (context, some) -> write(writers, context.partitionId(), context.taskAttemptId(), some);
    spark.runJob(rows, task, keep, ClassTag.apply(WriterCommitMessage.class));
  }

  private static void abort(BatchWrite write, WriterCommitMessage[] written, Throwable failure) {
    try {
      write.abort(
          Arrays.stream(written).filter(Objects::nonNull).toArray(WriterCommitMessage[]::new));
    } catch (Exception e) { // Scala throws checked ones too.
      failure.addSuppressed(e);
    }
  }

  private static WriterCommitMessage write(
      DataWriterFactory writers, int partition, long attempt, Iterator<InternalRow> rows) {
    try (DataWriter<InternalRow> writer = writers.createWriter(partition, attempt)) {
      return write(rows, writer);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a data file: " + e.getMessage(), e);
    }
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
