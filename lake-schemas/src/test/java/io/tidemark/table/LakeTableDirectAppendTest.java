package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.DATE_ALONE;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.assertRows;
import static io.tidemark.table.Sales.internal;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Appends of rows that come without a plan, whatever the table's format. */
class LakeTableDirectAppendTest {
  private static final int DATES = 100;

  /** The ways that landed rows can take, see {@code landing.direct}. */
  private enum Road {
    ICEBERG(TableFormat.ICEBERG, true),
    DELTA(TableFormat.DELTA, true),
    DELTA_BY_PLAN(TableFormat.DELTA, false);

    private final TableFormat format;
    private final boolean direct;

    Road(TableFormat format, boolean direct) {
      this.format = format;
      this.direct = direct;
    }

    TableFormat in(TestLake lake) {
      DirectWrite.allow(lake.spark(), direct);
      return format;
    }
  }

  @TempDir Path folder;
  private TestLake lake;

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
  void appendsEachBatchOnce(Road road) {
    LakeTable table = lake.lake().create(Sales.table(road.in(lake)));

    assertThat(append(table, new Commit("land", 3), MUG, DATE_ALONE, CUP)).isTrue();
    assertThat(append(table, new Commit("land", 3), MUG)).isFalse();
    assertThat(append(table, new Commit("land", 2), MUG)).isFalse();

    assertRows(lake, table, MUG, DATE_ALONE, CUP);
    assertThat(table.countsByDate()).containsEntry(Sales.FIRST, 2L).containsEntry(Sales.SECOND, 1L);
    assertThat(table.lastBatch("land")).hasValue(3);
  }

  @ParameterizedTest
  @EnumSource
  void remembersABatchWithoutRows(Road road) {
    LakeTable table = lake.lake().create(Sales.table(road.in(lake)));

    assertThat(append(table, new Commit("land", 0))).isTrue();

    assertThat(table.lastBatch("land")).hasValue(0);
    assertThat(table.read(lake.spark()).isEmpty()).isTrue();
  }

  /** As Kafka's rows are, of which each is written over the one before. */
  @ParameterizedTest
  @EnumSource
  void keepsRowsThatShareTheirMemory(Road road) {
    LakeTable table = lake.lake().create(Sales.table(road.in(lake)));
    Dataset<Row> renamed =
        rows(lake, MUG, CUP).coalesce(1).withColumn("item", concat(col("item"), lit("s")));

    table.land(lake.spark(), number -> internal(renamed), new Commit("land", 0), 0).isPresent();

    assertRows(
        lake,
        table,
        sale("north", "mugs", "2.550", "2011-01-01"),
        sale("south", "cups", "0.125", "2011-01-02"));
  }

  @ParameterizedTest
  @EnumSource
  void findsItsColumnsWhereverTheTableHasThem(Road road) {
    lake.lake().create(Sales.table(road.in(lake)));
    StructType more =
        StructType.fromDDL(
            "till INT, shop STRING, item STRING, price DECIMAL(18,3), date DATE, sold_at TIMESTAMP");
    LakeTable table = lake.lake().create(Sales.table(road.in(lake), more));
    Row row = RowFactory.create(7, "north", "mug", MUG.get(2), MUG.get(4), MUG.get(3));

    table.land(
        lake.spark(),
        number -> internal(lake.spark().createDataFrame(List.of(row), more)),
        new Commit("land", 0),
        0);

    assertThat(
            table
                .read(lake.spark())
                .select("till", "shop", "item", "price", "date", "sold_at")
                .collectAsList())
        .containsExactly(row);
  }

  @ParameterizedTest
  @EnumSource
  void leavesNothingOfABatchThatFails(Road road) throws Exception {
    LakeTable table = lake.lake().create(Sales.table(road.in(lake)));
    Row undated = sale("north", "mug", "2.550", null);

    assertThatThrownBy(() -> append(table, new Commit("land", 0), MUG, CUP, undated))
        .isInstanceOf(Exception.class);

    assertThat(table.read(lake.spark()).isEmpty()).isTrue();
    assertThat(table.lastBatch("land")).isEmpty();
    if (road != Road.DELTA_BY_PLAN) {
      // Delta itself leaves them to VACUUM.
      assertThat(dataFiles()).isEmpty();
    }
    assertThat(append(table, new Commit("land", 0), MUG, CUP)).isTrue();
    assertRows(lake, table, MUG, CUP);
  }

  /**
   * Its order is for compaction: to sort would be a second pass, and a stream's files are small.
   */
  @Test
  void appendsRowsAsTheyComeToAnIcebergTableWithAnOrder() {
    LakeTable table = lake.lake().create(Sales.table(TableFormat.ICEBERG));
    lake.spark().sql("ALTER TABLE lake.shop.sales WRITE ORDERED BY item");
    lake.spark()
        .sql(
            "ALTER TABLE lake.shop.sales SET TBLPROPERTIES ('write.spark.fanout.enabled'='false')");

    append(table, new Commit("land", 0), MUG, CUP, MUG);

    assertRows(lake, table, MUG, CUP, MUG);
  }

  /** More of them than a task keeps files open. */
  @ParameterizedTest
  @EnumSource
  void writesAFileForEachOfManyDates(Road road) throws Exception {
    LakeTable table = lake.lake().create(Sales.table(road.in(lake)));
    Row[] sales =
        IntStream.range(0, 3 * DATES)
            .mapToObj(
                i -> sale("north", "item " + i, "1.000", "" + Sales.FIRST.plusDays(i % DATES)))
            .toArray(Row[]::new);

    append(table, new Commit("land", 0), sales);

    assertRows(lake, table, sales);
    assertThat(table.countsByDate())
        .hasSize(DATES)
        .allSatisfy((date, rows) -> assertThat(rows).isEqualTo(3));
    assertThat(dataFiles()).hasSize(DATES);
  }

  private boolean append(LakeTable table, Commit commit, Row... rows) {
    return table
        .land(lake.spark(), number -> internal(rows(lake, rows).coalesce(1)), commit, 0)
        .isPresent();
  }

  private List<Path> dataFiles() throws Exception {
    try (Stream<Path> files = Files.walk(lake.warehouse())) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .filter(file -> !file.toString().contains("_delta_log"))
          .toList();
    }
  }
}
