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
import java.time.LocalDate;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What replacing dates does to a table, whatever its format. */
class LakeTableReplaceDatesIT {
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
  void replacesDatesInOneCommitEvenByNothing(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.upsert(rows(lake, MUG, CUP), KEY, refresh(0));
    Row repaired = sale("north", "mug", "9.000", "2011-01-01");
    Commit repair = new Commit("reconcile", 0);

    assertThat(table.replaceDates(rows(lake, repaired), FIRST, FIRST, table.version(), repair))
        .isTrue();
    assertThat(table.replaceDates(rows(lake), FIRST, FIRST, table.version(), repair)).isFalse();
    assertRows(lake, table, repaired, CUP);

    table.replaceDates(rows(lake), FIRST, FIRST, table.version(), new Commit("reconcile", 1));
    assertRows(lake, table, CUP);
    table.replaceDates(rows(lake), FIRST, FIRST, table.version(), new Commit("reconcile", 2));
    assertThat(table.lastBatch("reconcile")).hasValue(2);
  }

  @ParameterizedTest
  @EnumSource
  void replacesDatesOfAnEmptyTable(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    table.replaceDates(rows(lake, MUG), FIRST, SECOND, table.version(), new Commit("repair", 0));

    assertRows(lake, table, MUG);
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

    assertRows(lake, table, moved, CUP, fresh);
  }

  @ParameterizedTest
  @EnumSource
  void replacesOneRunOfDatesAfterAnotherThatWereComparedAtOnce(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    LocalDate third = SECOND.plusDays(1);
    Row last = sale("west", "mug", "1.000", third.toString());
    table.append(rows(lake, MUG, CUP, last), new Commit("land", 0));
    long compared = table.version();

    table.replaceDates(rows(lake), FIRST, FIRST, compared, new Commit("repair", 0));
    table.replaceDates(rows(lake), third, third, compared, new Commit("repair", 1));

    assertRows(lake, table, CUP);
    assertThatThrownBy(
            () -> table.replaceDates(rows(lake), FIRST, FIRST, compared, new Commit("repair", 2)))
        .isInstanceOf(TableMovedException.class);
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

    assertRows(lake, table, MUG);
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
        lake,
        table,
        sale("north", "mug", "3.000", "2011-01-01"),
        sale("south", "cup", "4.000", "2011-01-02"));
  }
}
