package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.FIRST;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.assertRows;
import static io.tidemark.table.Sales.internal;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.delta.DeltaInside;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.delta.DeltaLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.Option;

/**
 * Every change that is not a landing is found, on every date that it touched; compaction is none.
 */
class TableEditsIT {
  /** One more with {@code -Dtidemark.edit-histories=2}. */
  private static final int HISTORIES = Integer.getInteger("tidemark.edit-histories", 1);

  private static final long FIRST_SEED = Long.getLong("tidemark.edit-seed", 12);

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

  @ParameterizedTest
  @EnumSource
  void datesThatChangedOtherwiseThanByAppendsAreFound(TableFormat format) throws Exception {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      Path own = Files.createDirectory(folder.resolve(format + "-" + seed));
      try (TestLake lakeOfSeed = TestLake.in(own)) {
        LakeTable table = lakeOfSeed.lake().create(Sales.table(format));
        EditHistory history = new EditHistory(lakeOfSeed, table, seed);
        history.write(4);
        check(table, history, seed);
      }
    }
  }

  /** From every version to the last one. */
  private static void check(LakeTable table, EditHistory history, long seed) {
    List<EditHistory.Step> steps = history.steps();
    for (int since = 0; since < steps.size(); since++) {
      SortedSet<LocalDate> changed = new TreeSet<>();
      List<String> kinds = new ArrayList<>();
      for (EditHistory.Step step : history.since(since)) {
        changed.addAll(step.changed());
        kinds.add(step.kind() + step.changed());
      }
      String what = "seed %d, since step %d: %s".formatted(seed, since, kinds);
      TableEdits edits = table.edits(steps.get(since).version());
      assertThat(edits.through()).as(what).isEqualTo(table.version());
      if (edits.through() != steps.get(since).version()) {
        assertThat(dates(edits)).as(what).containsAll(changed);
      }
      if (kinds.stream().noneMatch(kind -> EditHistory.isEdit(kind))) {
        assertThat(dates(edits)).as(what).isEmpty();
      }
    }
  }

  private static SortedSet<LocalDate> dates(TableEdits edits) {
    SortedSet<LocalDate> dates = new TreeSet<>();
    edits.found().forEach(edit -> dates.add(edit.date().orElseThrow()));
    return dates;
  }

  @ParameterizedTest
  @EnumSource
  void landingAndCompactionAreNotEdits(TableFormat format) {
    LakeTable table = table(format);
    table.append(rows(lake, MUG), new Commit("land", 0));
    long since = table.version();
    table.append(rows(lake, MUG, CUP), new Commit("land", 1));
    long landed = table.version();
    compact(format);

    assertThat(table.version()).as("a date with two files became one").isNotEqualTo(landed);
    assertThat(table.edits(since)).isEqualTo(new TableEdits(table.version(), List.of()));
    assertThat(table.edits(table.version()).found()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void rowsThatDidNotLandAreAnEditOfTheirDate(TableFormat format) {
    LakeTable table = table(format);
    table.append(rows(lake, MUG, CUP), new Commit("land", 0));
    long since = table.version();
    lake.spark()
        .sql(
            "INSERT INTO %s VALUES ('x', 'y', 1, timestamp'2011-01-01 10:00:00', date'2011-01-01')"
                .formatted(name(format)));

    assertThat(dates(table.edits(since))).containsExactly(LocalDate.parse("2011-01-01"));
  }

  @ParameterizedTest
  @EnumSource
  void anEventThatMovesToAnotherDateTouchesBoth(TableFormat format) {
    LakeTable table = table(format);
    table.append(rows(lake, MUG, CUP), new Commit("land", 0));
    long since = table.version();
    lake.spark()
        .sql("UPDATE %s SET date = date'2011-01-05' WHERE item = 'mug'".formatted(name(format)));

    assertThat(dates(table.edits(since))).containsExactly(FIRST, LocalDate.parse("2011-01-05"));
  }

  @ParameterizedTest
  @EnumSource
  void aCommitTouchesNoOtherDates(TableFormat format) {
    LakeTable table = table(format);
    table.append(rows(lake, MUG, CUP), new Commit("land", 0));
    long since = table.version();
    lake.spark().sql("DELETE FROM %s WHERE date = date'2011-01-02'".formatted(name(format)));

    assertThat(dates(table.edits(since))).containsExactly(LocalDate.parse("2011-01-02"));
  }

  /** The files that a task of a landing writes have one name, each in the folder of its date. */
  @ParameterizedTest
  @EnumSource
  void rowsAreErasedAndSetOnTheirOwnDatesAlone(TableFormat format) {
    LakeTable table = table(format);
    Row pot = sale("north", "pot", "1.000", "2011-01-03");
    table.land(
        lake.spark(),
        number -> internal(rows(lake, MUG, CUP, pot).coalesce(1)),
        new Commit("land", 0),
        0);
    long landed = table.version();

    table.update(lake.spark().sql("SELECT 'cup' AS item, 'west' AS shop"), List.of("item"), "true");
    long set = table.version();
    table.erase(
        lake.spark().sql("SELECT 'mug' AS item"), List.of("item"), "true", new Commit("forget", 0));

    assertRows(lake, table, sale("west", "cup", "0.125", "2011-01-02"), pot);
    assertThat(dates(table.edits(landed))).containsExactly(FIRST, Sales.SECOND);
    assertThat(table.edits(set).found())
        .containsExactly(
            new TableEdits.Edit(Optional.of(FIRST), TableEdits.ERASED, table.version()));
  }

  @ParameterizedTest
  @EnumSource
  void whatTheTableHasForgottenMayHaveBeenAnything(TableFormat format) throws Exception {
    LakeTable table = table(format);
    long since = table.version();
    table.append(rows(lake, MUG), new Commit("land", 0));
    long next = table.version();
    table.append(rows(lake, CUP), new Commit("land", 1));
    table.append(rows(lake, CUP), new Commit("land", 2));
    if (format == TableFormat.DELTA) {
      DeltaLog log = DeltaLog.forTable(lake.spark(), DeltaInside.path(table));
      log.checkpoint(log.update(false, Option.empty(), Option.empty()), Option.empty());
      for (int version = 0; version < 2; version++) {
        Files.delete(
            lake.warehouse().resolve("shop/sales/_delta_log/%020d.json".formatted(version)));
      }
    } else {
      lake.spark()
          .sql(
              "CALL lake.system.expire_snapshots(table => 'shop.sales', retain_last => 2,"
                  + " older_than => timestamp'2100-01-01 00:00:00')");
    }

    assertThat(table.edits(since).found())
        .extracting(TableEdits.Edit::date)
        .containsExactly(Optional.empty());
    assertThat(table.edits(next).found()).as("what came after is known").isEmpty();
  }

  @Test
  void aRollbackInIcebergUndoesAppendsToo() {
    LakeTable table = table(TableFormat.ICEBERG);
    table.append(rows(lake, MUG), new Commit("land", 0));
    long first = table.version();
    table.append(rows(lake, CUP), new Commit("land", 1));
    long second = table.version();
    lake.spark().sql("CALL lake.system.rollback_to_snapshot('shop.sales', %d)".formatted(first));
    table.append(rows(lake, MUG), new Commit("land", 2));

    assertThat(dates(table.edits(second))).containsExactly(Sales.SECOND);
    assertThat(table.edits(first).found()).isEmpty();
  }

  private LakeTable table(TableFormat format) {
    return lake.lake().create(Sales.table(format));
  }

  private String name(TableFormat format) {
    return format == TableFormat.DELTA
        ? "delta.`%s`".formatted(lake.warehouse().resolve("shop/sales"))
        : "lake.shop.sales";
  }

  private void compact(TableFormat format) {
    lake.spark()
        .sql(
            format == TableFormat.DELTA
                ? "OPTIMIZE " + name(format)
                : "CALL lake.system.rewrite_data_files(table => 'shop.sales', options =>"
                    + " map('rewrite-all', 'true'))");
  }
}
