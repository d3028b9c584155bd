package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FewOpenFilesTest {
  private static final StructType COLUMNS = StructType.fromDDL("id BIGINT, date DATE");
  private static final int AT_ONCE = 3;

  @TempDir Path folder;

  /** The rows of one writer by date, and the number that it was made with. */
  private record Opened(long number, Map<Integer, List<Long>> rows)
      implements WriterCommitMessage {}

  private static final class Notes implements BatchWrite {
    private final List<Opened> ended = new ArrayList<>();
    private final List<Opened> committed = new ArrayList<>();
    private final List<Opened> aborted = new ArrayList<>();

    @Override
    public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
      return (DataWriterFactory) (partition, task) -> new Writer(task);
    }

    @Override
    public void onDataWriterCommit(WriterCommitMessage message) {
      ended.add((Opened) message);
    }

    @Override
    public void commit(WriterCommitMessage[] messages) {
      add(messages, committed);
    }

    @Override
    public void abort(WriterCommitMessage[] messages) {
      add(messages, aborted);
    }

    private static void add(WriterCommitMessage[] messages, List<Opened> to) {
      for (WriterCommitMessage message : messages) {
        to.add((Opened) message);
      }
    }
  }

  private static final class Writer implements DataWriter<InternalRow> {
    private final Opened opened;

    Writer(long number) {
      opened = new Opened(number, new HashMap<>());
    }

    @Override
    public void write(InternalRow row) {
      opened.rows().computeIfAbsent(row.getInt(1), none -> new ArrayList<>()).add(row.getLong(0));
    }

    @Override
    public WriterCommitMessage commit() {
      return opened;
    }

    @Override
    public void abort() {}

    @Override
    public void close() {}
  }

  private Notes written(String sql, int tasks) {
    Notes notes = new Notes();
    try (TestLake lake =
        TestLake.in(folder, Map.of("spark.sql.maxConcurrentOutputFileWriters", "" + AT_ONCE))) {
      RDD<InternalRow> rows = lake.spark().sql(sql).coalesce(tasks).queryExecution().toRdd();
      BatchWrite write = FewOpenFiles.of(notes, COLUMNS, "date");
      try {
        DirectWrite.run(lake.spark().sparkContext(), rows, write);
      } catch (RuntimeException e) {
        assertThat(notes.committed).isEmpty();
        throw e;
      }
    }
    return notes;
  }

  @Test
  void noWriterHasTheRowsOfMoreDatesThanMayBeOpenAndEachDateHasOneWriter() {
    Notes notes =
        written(
            "SELECT id, date_add(date'2026-01-01', CAST(id % 8 AS INT)) AS date FROM range(0, 32, 1, 1)",
            1);

    assertThat(notes.committed).hasSize(3).isEqualTo(notes.ended);
    assertThat(notes.committed)
        .allSatisfy(writer -> assertThat(writer.rows()).hasSizeLessThanOrEqualTo(AT_ONCE));
    Set<Long> numbers = new HashSet<>();
    Map<Integer, List<Long>> all = new HashMap<>();
    for (Opened writer : notes.committed) {
      assertThat(numbers.add(writer.number())).as("files are named after it").isTrue();
      writer.rows().forEach((date, ids) -> assertThat(all.put(date, ids)).isNull());
    }
    assertThat(all).hasSize(8);
    all.forEach(
        (date, ids) -> {
          long first = ids.stream().mapToLong(Long::longValue).min().orElseThrow();
          assertThat(ids).containsExactlyInAnyOrder(first, first + 8, first + 16, first + 24);
        });
  }

  @Test
  void aTaskOfFewDatesHasOneWriterAndWritesRowsAsTheyCome() {
    Notes notes =
        written(
            "SELECT id, date_add(date'2026-01-01', CAST(id % 3 AS INT)) AS date FROM range(0, 6, 1, 2)",
            2);

    assertThat(notes.committed).hasSize(2);
    assertThat(notes.committed.get(0).rows().values())
        .containsExactlyInAnyOrder(List.of(0L), List.of(1L), List.of(2L));
  }

  @Test
  void aRowWithoutADateFailsTheWrite() {
    assertThatThrownBy(() -> written("SELECT 1L AS id, CAST(NULL AS DATE) AS date", 1))
        .hasMessageContaining("Cannot write a row without a date");
  }
}
