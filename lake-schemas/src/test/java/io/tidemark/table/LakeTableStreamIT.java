package io.tidemark.table;

import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.util.FileNames;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.Option;

/** What a stream sees of a table, whatever its format. */
class LakeTableStreamIT {
  private static final LocalDate DATE = LocalDate.parse("2011-01-01");

  @TempDir Path folder;
  private TestLake lake;
  private final List<List<String>> batches = new ArrayList<>();

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @ParameterizedTest
  @EnumSource
  void seesEveryAppendOnceAndNoRepairs(TableFormat format) throws Exception {
    LakeTable table = lake.lake().create(Sales.table(format));
    append(table, 0, "a");
    append(table, 1, "b", "c");
    repair(table, 0);
    append(table, 2, "d");

    streamWhatIsThere(table);
    append(table, 3, "e");
    repair(table, 1);
    streamWhatIsThere(table);
    streamWhatIsThere(table);

    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrder("a", "b", "c", "d", "e");
  }

  @ParameterizedTest
  @EnumSource
  void doesNotSplitACommitBetweenBatches(TableFormat format) throws Exception {
    LakeTable table = lake.lake().create(Sales.table(format));
    // Delta cuts its batches at 1000 files unless told otherwise, Iceberg has no such limit.
    int files = format == TableFormat.DELTA ? 1001 : 50;
    Row[] manyDates =
        DATE.datesUntil(DATE.plusDays(files))
            .map(date -> sale("a", "mug", "1", date.toString()))
            .toArray(Row[]::new);
    table.append(rows(lake, manyDates).coalesce(1), new Commit("land", 0));

    streamWhatIsThere(table);

    assertThat(batches).hasSize(1);
    assertThat(batches.get(0)).hasSize(files);
  }

  /** As Delta's own cleanup leaves a log that is older than a month. */
  @Test
  void beginsWithWhatIsThereWhereDeltaHasRemovedTheFirstCommits() throws Exception {
    LakeTable table = lake.lake().create(Sales.table(TableFormat.DELTA));
    append(table, 0, "a");
    append(table, 1, "b", "c");
    DeltaLog log =
        DeltaLog.forTable(lake.spark(), lake.warehouse().resolve("shop/sales").toString());
    log.checkpoint(log.update(false, Option.empty(), Option.empty()), Option.empty());
    for (long version = 0; version < table.version(); version++) {
      Files.delete(Path.of(FileNames.unsafeDeltaFile(log.logPath(), version).toUri()));
    }
    DeltaLog.clearCache();

    streamWhatIsThere(table);
    append(table, 2, "d");
    streamWhatIsThere(table);

    assertThat(batches).hasSize(2);
    assertThat(batches.get(0)).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(batches.get(1)).containsExactly("d");
  }

  private void append(LakeTable table, long batch, String... shops) {
    Row[] sales =
        java.util.Arrays.stream(shops)
            .map(shop -> sale(shop, "mug", "1.000", DATE.toString()))
            .toArray(Row[]::new);
    table.append(rows(lake, sales), new Commit("land", batch));
  }

  private void repair(LakeTable table, long batch) {
    Row repaired = sale("repaired", "mug", "2.000", DATE.toString());
    table.replaceDates(
        rows(lake, repaired), DATE, DATE, table.version(), new Commit("repair", 2 * batch));
    table.replaceDates(
        rows(lake), DATE, DATE, table.version(), new Commit("repair", 2 * batch + 1));
  }

  private void streamWhatIsThere(LakeTable table) throws Exception {
    table.stream(lake.spark())
        .writeStream()
        .trigger(Trigger.AvailableNow())
        .option("checkpointLocation", lake.checkpoints().toString())
        .foreachBatch(this::collect)
        .start()
        .awaitTermination();
  }

  private void collect(Dataset<Row> sales, Long batch) {
    batches.add(
        sales.select("shop").collectAsList().stream().map(row -> row.getString(0)).toList());
  }
}
