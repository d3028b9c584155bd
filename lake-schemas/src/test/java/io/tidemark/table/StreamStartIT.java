package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.delta.DeltaInside;
import io.tidemark.table.session.LakeSession;
import java.net.URI;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams over tables whose history has been tidied up by others. */
class StreamStartIT {
  @TempDir Path folder;
  private TestLake lake;
  private long batch;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    lake.spark().conf().set("spark.databricks.delta.retentionDurationCheck.enabled", "false");
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void aStreamOverExpiredSnapshotsBeginsWithAllRowsOnceAndGoesOn() throws Exception {
    LakeTable table = table(TableFormat.ICEBERG);
    append(table, 1, 2, 3);
    assertThat(read(table, "early")).containsExactly(List.of(1, 2, 3));
    expire();

    assertThat(read(table, "late")).containsExactly(List.of(1, 2, 3));
    append(table, 4);

    assertThat(read(table, "late")).containsExactly(List.of(4));
    assertThat(read(table, "early")).as("which began before").containsExactly(List.of(4));
  }

  @Test
  void aStreamOverACompactedIcebergTableBeginsWithAllRowsOnce() throws Exception {
    LakeTable table = table(TableFormat.ICEBERG);
    append(table, 1, 2);
    assertThat(read(table, "early")).containsExactly(List.of(1, 2));
    append(table, 3);
    lake.spark()
        .sql(
            "CALL lake.system.rewrite_data_files(table => 'shop.numbers', options =>"
                + " map('rewrite-all', 'true'))");
    expire();

    assertThat(read(table, "late")).containsExactly(List.of(1, 2, 3));
    append(table, 4);
    assertThat(read(table, "late")).containsExactly(List.of(4));
    assertThat(table.gap(checkpoint("late"))).isEmpty();
    assertThat(table.gap(checkpoint("early")).orElseThrow())
        .matches("snapshot \\d+ of the table, which it has read last, is gone");
  }

  @Test
  void aStreamThatHasReadWhatARollbackUndidCannotGoOn() throws Exception {
    LakeTable table = table(TableFormat.ICEBERG);
    append(table, 1);
    assertThat(read(table, "before")).containsExactly(List.of(1));
    long version = table.version();
    append(table, 2);
    assertThat(read(table, "early").stream().flatMap(List::stream)).containsExactly(1, 2);
    lake.spark()
        .sql("CALL lake.system.rollback_to_snapshot('shop.numbers', %d)".formatted(version));
    assertThat(table.gap(checkpoint("early")).orElseThrow())
        .matches("snapshot \\d+ of the table, which it has read last, was undone by a rollback");
    append(table, 3);

    assertThat(table.gap(checkpoint("early"))).isPresent();
    assertThat(table.gap(checkpoint("before"))).isEmpty();
    assertThat(read(table, "before")).containsExactly(List.of(3));
    assertThat(read(table, "again").stream().flatMap(List::stream)).containsExactly(1, 3);
  }

  @Test
  void aStreamOverAnOptimizedAndVacuumedDeltaTableBeginsWithAllRowsOnce() throws Exception {
    LakeTable table = table(TableFormat.DELTA);
    append(table, 1, 2);
    assertThat(read(table, "early").stream().flatMap(List::stream)).containsExactly(1, 2);
    assertThat(read(table, "behind")).isNotEmpty();
    append(table, 3);
    assertThat(read(table, "early")).containsExactly(List.of(3));
    String path = DeltaInside.path(table);
    lake.spark().sql("OPTIMIZE delta.`%s`".formatted(path));
    assertThat(read(table, "compacted")).containsExactly(List.of(1, 2, 3));
    lake.spark().sql("VACUUM delta.`%s` RETAIN 0 HOURS".formatted(path));

    assertThat(read(table, "late")).containsExactly(List.of(1, 2, 3));
    append(table, 4);

    assertThat(read(table, "late")).containsExactly(List.of(4));
    assertThat(read(table, "compacted")).containsExactly(List.of(4));
    assertThat(table.gap(checkpoint("early"))).isEmpty();
    assertThat(read(table, "early")).containsExactly(List.of(4));
    assertThat(table.gap(checkpoint("behind")).orElseThrow())
        .matches("file part-.*\\.parquet, which it has not read, is gone");
  }

  @Test
  void aStreamThatWasAwayForLongerThanDeltaKeepsItsLogBeginsAgainWithAllRows() throws Exception {
    LakeTable table = table(TableFormat.DELTA);
    String path = DeltaInside.path(table);
    append(table, 1);
    assertThat(read(table, "away")).containsExactly(List.of(1));
    lake.spark()
        .sql(
            "ALTER TABLE delta.`%s` SET TBLPROPERTIES ('delta.checkpointInterval' = '1')"
                .formatted(path));
    append(table, 2, 3);
    String last = "%020d".formatted(table.version());
    try (DirectoryStream<Path> log =
        Files.newDirectoryStream(Path.of(URI.create(path)).resolve("_delta_log"), "*.json")) {
      for (Path commit : log) {
        if (commit.getFileName().toString().compareTo(last) < 0) {
          Files.delete(commit);
        }
      }
    }

    assertThat(table.gap(checkpoint("away")).orElseThrow())
        .matches("commit \\d of the table is gone");
    assertThat(read(table, "again")).containsExactly(List.of(1, 2, 3));
    append(table, 4);
    assertThat(read(table, "again")).containsExactly(List.of(4));
    assertThat(table.gap(checkpoint("again"))).isEmpty();
  }

  private LakeTable table(TableFormat format) {
    return lake.lake()
        .create(
            new TableDefinition(
                "shop.numbers",
                format,
                StructType.fromDDL("n INT, date DATE"),
                Optional.of("date"),
                List.of("n")));
  }

  /** Each number in a commit of its own. */
  private void append(LakeTable table, int... numbers) {
    for (int number : numbers) {
      table.append(
          lake.spark().sql("SELECT %d AS n, date'2024-05-01' AS date".formatted(number)),
          new Commit("land", batch++));
    }
  }

  private void expire() {
    lake.spark()
        .sql(
            "CALL lake.system.expire_snapshots(table => 'shop.numbers', older_than => TIMESTAMP"
                + " '2999-01-01 00:00:00', retain_last => 1)");
  }

  private org.apache.hadoop.fs.Path checkpoint(String name) {
    return LakeSession.path(folder.resolve(name).toUri());
  }

  /** The numbers of each batch that has some. */
  private List<List<Integer>> read(LakeTable table, String checkpoint) throws Exception {
    List<List<Integer>> batches = new ArrayList<>();
    VoidFunction2<Dataset<Row>, Long> collect =
        (rows, id) -> {
          List<Integer> numbers =
              rows.select("n").collectAsList().stream().map(row -> row.getInt(0)).sorted().toList();
          if (!numbers.isEmpty()) {
            batches.add(numbers);
          }
        };
    table.stream(lake.spark(), checkpoint(checkpoint))
        .writeStream()
        .trigger(Trigger.AvailableNow())
        .option("checkpointLocation", checkpoint(checkpoint).toString())
        .foreachBatch(collect)
        .start()
        .awaitTermination();
    return batches;
  }
}
