package io.tidemark.table;

import static io.tidemark.table.Sales.KEY;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every table of the lake does, whatever its format. */
class LakeTableTest {
  private static final LocalDate FIRST = LocalDate.parse("2011-01-01");
  private static final LocalDate SECOND = LocalDate.parse("2011-01-02");
  private static final Row MUG = sale("north", "mug", "2.550", "2011-01-01");
  private static final Row CUP = sale("south", "cup", "0.125", "2011-01-02");

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
  void appendsEachBatchOfAQueryOnce(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    assertThat(table.append(rows(lake, MUG), new Commit("land", 3))).isTrue();
    assertThat(table.append(rows(lake, CUP), new Commit("land", 3))).isFalse();
    assertThat(table.append(rows(lake, CUP), new Commit("land", 2))).isFalse();
    assertThat(table.append(rows(lake, CUP), new Commit("another", 0))).isTrue();

    assertRows(table, MUG, CUP);
    assertThat(table.lastBatch("land")).hasValue(3);
    assertThat(table.lastBatch("another")).hasValue(0);
    assertThat(table.lastBatch("nobody")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void remembersABatchWithoutRows(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    assertThat(table.append(rows(lake), new Commit("land", 0))).isTrue();

    assertThat(table.lastBatch("land")).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void appendsInOnePassThatObservationsSee(TableFormat format) throws Exception {
    LakeTable table = lake.lake().create(Sales.table(format));
    Observation observation = new Observation("landed");
    Dataset<Row> observed =
        rows(lake, MUG, CUP)
            .observe(observation, count(lit(1)).as("rows"), sum("price").as("price"));

    table.append(observed, new Commit("land", 0));

    assertThat(observation.getAsJava())
        .containsEntry("rows", 2L)
        .containsEntry("price", new BigDecimal("2.675"));
  }

  @ParameterizedTest
  @EnumSource
  void keepsOddTextExactDecimalsAndMicroseconds(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    Row odd = sale("O'Brien \"& Söhne\" `x`; --", "🫖\n%_\\", "-99999999999.999", "2011-01-01");

    table.append(rows(lake, odd), new Commit("land", 0));
    table.upsert(rows(lake, odd), KEY, new Commit("refresh's \"🫖\"", 0));

    assertRows(table, odd);
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

    assertRows(table);
    assertThat(dateless.storageLevel()).as("rows are let go").isEqualTo(StorageLevel.NONE());
  }

  @ParameterizedTest
  @EnumSource
  void upsertReplacesRowsOfEqualKeyOnceAndNullsAreEqual(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    Row other = sale("east", null, "7.000", "2011-01-01");
    table.upsert(rows(lake, MUG, sale(null, "mug", "1.000", "2011-01-01"), other), KEY, refresh(0));

    Row changed = sale(null, "mug", "2.000", "2011-01-01");
    assertThat(table.upsert(rows(lake, changed, CUP), KEY, refresh(1))).isTrue();
    Row late = sale(null, "mug", "3.000", "2011-01-01");
    assertThat(table.upsert(rows(lake, late), KEY, refresh(1))).isFalse();

    assertRows(table, MUG, other, changed, CUP);
    assertThat(table.lastBatch("refresh")).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void upsertOfNoRowsCommitsNothing(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.upsert(rows(lake, MUG), KEY, refresh(0));
    long version = table.version();

    assertThat(table.upsert(rows(lake), KEY, refresh(1))).isTrue();

    assertThat(table.version()).isEqualTo(version);
  }

  @ParameterizedTest
  @EnumSource
  void upsertEvaluatesItsRowsOnce(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    var evaluated = lake.spark().sparkContext().longAccumulator("evaluated");
    Dataset<Row> counted =
        rows(lake, MUG, CUP)
            .map(
                (org.apache.spark.api.java.function.MapFunction<Row, Row>)
                    row -> {
                      evaluated.add(1L);
                      return row;
                    },
                org.apache.spark.sql.Encoders.row(Sales.COLUMNS));

    table.upsert(counted, KEY, refresh(0));

    assertThat(evaluated.value()).isEqualTo(2L);
    assertThat(counted.storageLevel()).as("rows are let go").isEqualTo(StorageLevel.NONE());
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
  void replacesDatesInOneCommitEvenByNothing(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.upsert(rows(lake, MUG, CUP), KEY, refresh(0));
    Row repaired = sale("north", "mug", "9.000", "2011-01-01");
    Commit repair = new Commit("reconcile", 0);

    assertThat(table.replaceDates(rows(lake, repaired), FIRST, FIRST, table.version(), repair))
        .isTrue();
    assertThat(table.replaceDates(rows(lake), FIRST, FIRST, table.version(), repair)).isFalse();
    assertRows(table, repaired, CUP);

    table.replaceDates(rows(lake), FIRST, FIRST, table.version(), new Commit("reconcile", 1));
    assertRows(table, CUP);
    table.replaceDates(rows(lake), FIRST, FIRST, table.version(), new Commit("reconcile", 2));
    assertThat(table.lastBatch("reconcile")).hasValue(2);
  }

  @ParameterizedTest
  @EnumSource
  void replacesDatesOfAnEmptyTable(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    table.replaceDates(rows(lake, MUG), FIRST, SECOND, table.version(), new Commit("repair", 0));

    assertRows(table, MUG);
  }

  @ParameterizedTest
  @EnumSource
  void refusesToReplaceDatesThatMovedAndOnlyThose(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    long empty = table.version();
    table.append(rows(lake, MUG), new Commit("land", 0));
    long compared = table.version();
    Row moved = sale("north", "mug", "3.000", "2011-01-01");
    table.upsert(rows(lake, moved), KEY, refresh(0));
    table.append(rows(lake, CUP), new Commit("land", 1));

    for (long version : new long[] {empty, compared}) {
      assertThatThrownBy(
              () -> table.replaceDates(rows(lake), FIRST, FIRST, version, new Commit("repair", 0)))
          .isInstanceOf(TableMovedException.class)
          .hasMessageStartingWith("Cannot replace 2011-01-01 to 2011-01-01 in shop.sales: another");
    }
    assertThatThrownBy(
            () -> table.replaceDates(rows(lake), SECOND, SECOND, compared, new Commit("repair", 0)))
        .as("an append moves a date too")
        .isInstanceOf(TableMovedException.class);
    LocalDate third = SECOND.plusDays(1);
    Row fresh = sale("west", "mug", "1.000", third.toString());
    assertThat(
            table.replaceDates(rows(lake, fresh), third, third, compared, new Commit("repair", 0)))
        .isTrue();

    assertRows(table, moved, CUP, fresh);
  }

  @ParameterizedTest
  @EnumSource
  void refusesRowsOutsideTheDatesToReplace(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.append(rows(lake, MUG), new Commit("land", 0));

    assertThatThrownBy(
            () ->
                table.replaceDates(
                    rows(lake, MUG, CUP), FIRST, FIRST, table.version(), new Commit("repair", 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Cannot replace 2011-01-01 to 2011-01-01 in shop.sales: rows lie outside, on [2011-01-02]");

    assertRows(table, MUG);
  }

  @ParameterizedTest
  @EnumSource
  void upsertsBesideARepairOfAnotherDate(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.upsert(rows(lake, MUG, CUP), KEY, refresh(0));

    CompletableFuture<Void> refreshes =
        CompletableFuture.runAsync(
            () -> {
              for (int batch = 1; batch <= 4; batch++) {
                Row row = sale("south", "cup", batch + ".000", "2011-01-02");
                table.upsert(rows(lake, row), KEY, refresh(batch));
              }
            });
    for (int batch = 0; batch < 4; batch++) {
      Row row = sale("north", "mug", batch + ".000", "2011-01-01");
      Commit repair = new Commit("repair", batch);
      table.replaceDates(rows(lake, row), FIRST, FIRST, table.version(), repair);
    }
    refreshes.join();

    assertRows(
        table,
        sale("north", "mug", "3.000", "2011-01-01"),
        sale("south", "cup", "4.000", "2011-01-02"));
  }

  @ParameterizedTest
  @EnumSource
  void countsRowsByDateAfterEveryKindOfWrite(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    assertThat(table.countsByDate()).isEmpty();
    table.append(rows(lake, MUG, MUG, CUP), new Commit("land", 0));
    table.append(rows(lake, CUP), new Commit("land", 1));
    assertThat(table.countsByDate()).containsExactly(Map.entry(FIRST, 2L), Map.entry(SECOND, 2L));

    table.replaceDates(rows(lake, MUG), FIRST, FIRST, table.version(), new Commit("repair", 0));
    table.upsert(rows(lake, sale("west", "mug", "1.000", "2011-01-02")), KEY, refresh(0));
    assertThat(table.countsByDate()).containsExactly(Map.entry(FIRST, 1L), Map.entry(SECOND, 3L));
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

  private static Commit refresh(long batch) {
    return new Commit("refresh", batch);
  }

  private void assertRows(LakeTable table, Row... rows) {
    List<Row> present = table.read(lake.spark()).collectAsList();
    assertThat(present).containsExactlyInAnyOrder(rows);
  }
}
