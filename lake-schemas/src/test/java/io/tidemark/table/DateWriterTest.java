package io.tidemark.table;

import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DateWriterTest {
  private static final int DATE = Sales.COLUMNS.fieldIndex("date");

  @TempDir Path folder;

  private record Written(int rows) implements WriterCommitMessage {}

  /** Keeps the dates that were written, in their order. */
  private record Dates(List<Integer> written) implements DataWriter<InternalRow> {
    @Override
    public void write(InternalRow row) {
      written.add(row.getInt(DATE));
    }

    @Override
    public WriterCommitMessage commit() {
      return new Written(written.size());
    }

    @Override
    public void abort() {}

    @Override
    public void close() {}
  }

  /** The tasks run in this process. */
  private static final List<Integer> AS_THEY_COME = new ArrayList<>();

  private static final List<Integer> DATE_BY_DATE = new ArrayList<>();

  private static final class ByDates implements BatchWrite {
    private final List<WriterCommitMessage> committed = new ArrayList<>();

    @Override
    public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
      return new DateWriter.Factory(
          (partition, task) -> new Dates(AS_THEY_COME),
          (partition, task) -> new Dates(DATE_BY_DATE),
          Sales.COLUMNS,
          DATE,
          2);
    }

    @Override
    public void commit(WriterCommitMessage[] messages) {
      committed.addAll(List.of(messages));
    }

    @Override
    public void abort(WriterCommitMessage[] messages) {}
  }

  @Test
  void writesRowsOfFewDatesAsTheyComeAndTheOthersDateByDate() {
    Row[] sales =
        Stream.of(4, 2, 3, 1, 4, 3, 2, 1)
            .map(day -> sale("north", "mug", "1.000", "1970-01-0" + day))
            .toArray(Row[]::new);
    ByDates write = new ByDates();
    try (TestLake lake = TestLake.in(folder)) {
      DirectWrite.run(
          lake.spark().sparkContext(), Sales.internal(rows(lake, sales).coalesce(1)), write);
    }

    assertThat(AS_THEY_COME).containsExactly(3, 1, 3, 1);
    assertThat(DATE_BY_DATE).containsExactly(0, 0, 2, 2);
    assertThat(write.committed).containsExactly(new Written(4), new Written(4));
  }
}
