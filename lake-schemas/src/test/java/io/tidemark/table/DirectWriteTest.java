package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectWriteTest {
  /** Opens once a task has ended. The tasks run in this process. */
  private static CountDownLatch ended;

  @TempDir Path folder;

  private record Task(int partition) implements WriterCommitMessage {}

  /** Of two tasks the second fails, when the first has ended. */
  private static final class HalfAWrite implements BatchWrite {
    private final List<WriterCommitMessage> aborted = new ArrayList<>();
    private boolean committed;

    @Override
    public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
      assertThat(info.numPartitions()).isEqualTo(2);
      return (DataWriterFactory) (partition, attempt) -> new HalfAWriter(partition);
    }

    @Override
    public void onDataWriterCommit(WriterCommitMessage message) {
      ended.countDown();
    }

    @Override
    public void commit(WriterCommitMessage[] messages) {
      committed = true;
    }

    @Override
    public void abort(WriterCommitMessage[] messages) {
      aborted.addAll(List.of(messages));
    }
  }

  private record HalfAWriter(int partition) implements DataWriter<InternalRow> {
    @Override
    public void write(InternalRow row) throws IOException {
      if (partition == 1) {
        try {
          ended.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        throw new IOException("the disk is full");
      }
    }

    @Override
    public WriterCommitMessage commit() {
      return new Task(partition);
    }

    @Override
    public void abort() throws IOException {
      throw new IOException("the disk is still full");
    }

    @Override
    public void close() {}
  }

  @Test
  void takesBackWhatOtherTasksHaveWritten() {
    ended = new CountDownLatch(1);
    try (TestLake lake = TestLake.in(folder)) {
      RDD<InternalRow> rows = rows(lake, MUG, CUP).repartition(2).queryExecution().toRdd();
      HalfAWrite write = new HalfAWrite();

      assertThatThrownBy(() -> DirectWrite.run(lake.spark().sparkContext(), rows, write))
          .hasMessageContaining("the disk is full")
          .hasStackTraceContaining("the disk is still full");

      assertThat(write.committed).isFalse();
      assertThat(write.aborted).containsExactly(new Task(0));
    }
  }
}
