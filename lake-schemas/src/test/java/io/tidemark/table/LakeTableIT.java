package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.FIRST;
import static io.tidemark.table.Sales.KEY;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.SECOND;
import static io.tidemark.table.Sales.assertRows;
import static io.tidemark.table.Sales.refresh;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every table of the lake does, whatever its format and however it is written. */
class LakeTableIT {
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
  void keepsOddTextExactDecimalsAndMicroseconds(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    Row odd = sale("O'Brien \"& Söhne\" `x`; --", "🫖\n%_\\", "-99999999999.999", "2011-01-01");

    table.append(rows(lake, odd), new Commit("land", 0));
    table.upsert(rows(lake, odd), KEY, new Commit("refresh's \"🫖\"", 0));

    assertRows(lake, table, odd);
    assertThat(table.lastBatch("refresh's \"🫖\"")).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void refusesRowsWithoutADate(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    Dataset<Row> dateless = rows(lake, MUG, sale("north", "mug", "1", null));

    assertThatThrownBy(() -> table.append(dateless, new Commit("land", 0)));
    assertThatThrownBy(() -> table.upsert(dateless, KEY, new Commit("refresh", 0)))
        .hasMessage("Cannot write to shop.sales: 1 of 2 rows have no date");

    assertRows(lake, table);
    assertThat(dateless.storageLevel()).as("rows are let go").isEqualTo(StorageLevel.NONE());
  }

  @ParameterizedTest
  @EnumSource
  void severalQueriesWriteToOneTableAtTheSameTime(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.append(rows(lake, MUG), new Commit("land", 0));

    CompletableFuture<?>[] writers =
        Stream.of("a", "b", "c")
            .map(
                query ->
                    CompletableFuture.runAsync(
                        () -> {
                          Row row = sale(query, "mug", "1.000", "2011-01-01");
                          table.upsert(rows(lake, row), KEY, new Commit(query, 0));
                          table.append(rows(lake, CUP), new Commit(query, 1));
                        }))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(writers).join();

    assertThat(table.read(lake.spark()).count()).isEqualTo(7);
    assertThat(Stream.of("a", "b", "c").map(table::lastBatch))
        .allSatisfy(batch -> assertThat(batch).hasValue(1));
  }

  @ParameterizedTest
  @EnumSource
  void countsRowsByDateAfterEveryKindOfWrite(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    assertThat(table.countsByDate()).isEmpty();
    long empty = table.version();
    table.append(rows(lake, MUG, MUG, CUP), new Commit("land", 0));
    long first = table.version();
    table.append(rows(lake, CUP), new Commit("land", 1));
    assertThat(table.countsByDate()).containsExactly(Map.entry(FIRST, 2L), Map.entry(SECOND, 2L));

    table.replaceDates(rows(lake, MUG), FIRST, FIRST, table.version(), new Commit("repair", 0));
    table.upsert(rows(lake, sale("west", "mug", "1.000", "2011-01-02")), KEY, refresh(0));
    assertThat(table.countsByDate()).containsExactly(Map.entry(FIRST, 1L), Map.entry(SECOND, 3L));
    assertThat(table.countsByDate(empty)).isEmpty();
    assertThat(table.countsByDate(first))
        .containsExactly(Map.entry(FIRST, 2L), Map.entry(SECOND, 1L));
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryVersionFromTheEmptyOneOn(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    long empty = table.version();
    table.append(rows(lake, MUG), new Commit("land", 0));
    long first = table.version();
    table.append(rows(lake, CUP), new Commit("land", 1));

    assertThat(table.read(lake.spark(), empty).collectAsList()).isEmpty();
    StructType columns = table.read(lake.spark(), empty).schema();
    assertThat(columns.fieldNames()).isEqualTo(Sales.COLUMNS.fieldNames());
    assertThat(table.read(lake.spark(), first).collectAsList()).containsExactly(MUG);
    assertThat(table.read(lake.spark(), table.version()).count()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void leavesAColumnEmptyThatTheDefinitionLost(TableFormat format) {
    StructType wide = Sales.COLUMNS.add("note", "string");
    lake.lake()
        .create(Sales.table(format, wide))
        .append(rows(lake, MUG, CUP).selectExpr("*", "'old' AS note"), new Commit("land", 0));
    LakeTable table = lake.lake().create(Sales.table(format));
    Row dear = sale("north", "mug", "9.000", "2011-01-01");

    table.upsert(rows(lake, dear), KEY, refresh(0));
    table.append(rows(lake, MUG), new Commit("land", 1));
    table.replaceDates(
        rows(lake, CUP, CUP), SECOND, SECOND, table.version(), new Commit("repair", 0));

    Dataset<Row> present = table.read(lake.spark());
    assertThat(present.where("note IS NOT NULL").count()).isZero();
    assertThat(present.drop("note").collectAsList()).containsExactlyInAnyOrder(dear, MUG, CUP, CUP);
  }
}
