package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.DATE_ALONE;
import static io.tidemark.table.Sales.FIRST;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.SECOND;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How many rows there are on a date, whoever has written them. */
class CountsByDateIT {
  private static final Row POT = sale("north", "pot", "1.000", "2011-01-01");

  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void rowsOfFilesWithoutStatisticsAreCounted() {
    rowsOfFilesWithoutStatisticsAreCounted(lake.lake().create(Sales.table(TableFormat.DELTA)));
  }

  @Test
  void rowsOfFilesWithoutStatisticsAreCountedByAVerbThatOnlyLooks() {
    lake.lake().create(Sales.table(TableFormat.DELTA));
    rowsOfFilesWithoutStatisticsAreCounted(
        TestLake.in(folder, Looks.SETTINGS)
            .lake()
            .find(Sales.table(TableFormat.DELTA))
            .orElseThrow());
  }

  private void rowsOfFilesWithoutStatisticsAreCounted(LakeTable table) {
    table.append(rows(lake, CUP).coalesce(1), new Commit("land", 0));
    long landed = table.version();
    collectingStatistics(false, () -> append(MUG, DATE_ALONE, POT));
    long more = table.version();

    assertThat(table.countsByDate()).isEqualTo(Map.of(FIRST, 3L, SECOND, 1L));
    append(POT);
    assertThat(table.countsByDate()).isEqualTo(Map.of(FIRST, 4L, SECOND, 1L));

    sql("ALTER TABLE delta.`%s` SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')");
    collectingStatistics(false, () -> sql("DELETE FROM delta.`%s` WHERE item IS NULL"));

    assertThat(table.countsByDate()).isEqualTo(Map.of(FIRST, 3L, SECOND, 1L));
    collectingStatistics(false, () -> sql("DELETE FROM delta.`%s` WHERE item = 'cup'"));
    assertThat(table.countsByDate().keySet()).isEqualTo(Set.of(FIRST));
    assertThat(table.countsByDate(more)).isEqualTo(Map.of(FIRST, 3L, SECOND, 1L));
    assertThat(table.countsByDate(landed)).isEqualTo(Map.of(SECOND, 1L));
  }

  @Test
  void aDeleteOfAFileThatWasReplacedDeletesNothing() {
    LakeTable table = lake.lake().create(Sales.table(TableFormat.ICEBERG));
    table.append(rows(lake, MUG, DATE_ALONE, POT, CUP).coalesce(1), new Commit("land", 0));
    lake.spark()
        .sql(
            "ALTER TABLE lake.shop.sales SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')");

    lake.spark().sql("DELETE FROM lake.shop.sales WHERE item = 'pot'");
    assertThat(table.countsByDate()).isEqualTo(Map.of(FIRST, 2L, SECOND, 1L));

    lake.spark()
        .sql(
            "CALL lake.system.rewrite_data_files(table => 'shop.sales', options => map('rewrite-all', 'true'))");
    assertThat(table.countsByDate()).isEqualTo(Map.of(FIRST, 2L, SECOND, 1L));
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void theFilesOfADateHaveANameThatAnEditOfItChanges(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.append(rows(lake, MUG, CUP, POT).coalesce(1), new Commit("land", 0));
    long landed = table.version();
    SortedMap<LocalDate, String> before = table.contentsByDate(landed);
    assertThat(before).containsOnlyKeys(FIRST, SECOND);

    if (format == TableFormat.DELTA) {
      // Nothing of the file but its deletion vector changes.
      sql("ALTER TABLE delta.`%s` SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')");
      sql("DELETE FROM delta.`%s` WHERE item = 'pot'");
    } else {
      lake.spark().sql("DELETE FROM lake.shop.sales WHERE item = 'pot'");
    }

    SortedMap<LocalDate, String> after = table.contentsByDate(table.version());
    assertThat(after.get(SECOND)).isEqualTo(before.get(SECOND));
    assertThat(after.get(FIRST)).isNotEqualTo(before.get(FIRST));
    assertThat(table.contentsByDate(landed)).isEqualTo(before);
  }

  private void append(Row... rows) {
    rows(lake, rows)
        .coalesce(1)
        .write()
        .format("delta")
        .mode("append")
        .save(lake.warehouse().resolve("shop/sales").toString());
  }

  private void sql(String statement) {
    lake.spark().sql(statement.formatted(lake.warehouse().resolve("shop/sales")));
  }

  private void collectingStatistics(boolean collected, Runnable write) {
    lake.spark().conf().set("spark.databricks.delta.stats.collect", collected);
    try {
      write.run();
    } finally {
      lake.spark().conf().unset("spark.databricks.delta.stats.collect");
    }
  }
}
