package io.tidemark.table;

import static org.apache.spark.sql.functions.expr;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.table.delta.DeltaInside;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Date;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
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

/** Upserts that mark rows as deleted: whoever reads the table sees no difference. */
class RowLevelUpsertIT {
  private static final StructType COLUMNS =
      StructType.fromDDL("shop STRING, item INT, price DECIMAL(18,3), date DATE");
  private static final List<String> KEY = List.of("date", "shop", "item");
  private static final LocalDate FIRST = LocalDate.parse("2024-05-01");
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final int ITEMS = 60;

  @TempDir private Path folder;
  private TestLake lake;
  private LakeTable table;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  /** Another seed with {@code -Dtidemark.rows-seed}, more with {@code -Dtidemark.rows-batches}. */
  @ParameterizedTest
  @EnumSource
  void anyBatchesMakeTheSameTableAsRewritingItsDates(TableFormat format) {
    long seed = Long.getLong("tidemark.rows-seed", 5);
    int batches = Integer.getInteger("tidemark.rows-batches", 4);
    Random random = new Random(seed);
    table = filled(format);
    Map<List<Object>, Row> expected = new HashMap<>();
    read(table).forEach(row -> expected.put(keyOf(row), row));
    int marked = 0;
    for (int batch = 1; batch <= batches; batch++) {
      Row[] rows = batch(random, batch);
      upsert(batch, rows);
      marked += marks(format) > 0 ? 1 : 0;
      List.of(rows).forEach(row -> expected.put(keyOf(row), row));
      String what = "seed %d, batch %d".formatted(seed, batch);
      assertThat(read(table)).as(what).containsExactlyInAnyOrderElementsOf(expected.values());
      assertThat(table.countsByDate()).as(what).isEqualTo(counts(expected));
      int next = random.nextInt(4);
      if (next == 0) {
        assertThat(upsert(batch, sale("retry", 1, batch, FIRST))).as(what).isFalse();
      } else if (next == 1) {
        maintain(date -> true);
        assertThat(marks(format)).as(what).isZero();
      } else if (next == 2) {
        repair(random, batch, expected);
      }
      assertThat(read(table)).as(what).containsExactlyInAnyOrderElementsOf(expected.values());
    }
    assertThat(marked).as("or else this would show nothing").isGreaterThan(batches / 2);
    maintain(date -> true);
    assertThat(table.upkeep().tasks(policy(date -> true, Instant.EPOCH))).isEmpty();
    assertThat(read(table)).containsExactlyInAnyOrderElementsOf(expected.values());
    assertThat(table.countsByDate()).isEqualTo(counts(expected));
    assertThat(table.lastBatch("refresh")).hasValue(batches);
  }

  @ParameterizedTest
  @EnumSource
  void onlyClosedDatesAreFreedOfMarksAndTheirRowsStay(TableFormat format) {
    table = filled(format);
    upsert(1, sale("north", 1, 1, FIRST), sale("north", 1, 1, SECOND));
    long before = table.version();
    List<Row> rows = read(table);
    assertThat(marks(format)).isEqualTo(2);

    maintain(date -> date.equals(FIRST));

    assertThat(marks(format)).isEqualTo(1);
    assertThat(read(table)).containsExactlyInAnyOrderElementsOf(rows);
    assertThat(table.edits(before).found()).as("what edits see").isEmpty();
    assertThat(table.upkeep().tasks(policy(date -> date.equals(FIRST), Instant.EPOCH))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aVersionThatIsKeptCanBeReadAfterItsMarksWereReplaced(TableFormat format) {
    table = filled(format);
    upsert(1, sale("north", 1, 1, FIRST));
    upsert(2, sale("north", 2, 2, FIRST));
    long pinned = table.version();
    List<Row> rows = read(table);
    Instant then = Instant.now();
    upsert(3, sale("north", 3, 3, FIRST));
    maintain(date -> true);

    for (UpkeepTask task : table.upkeep().tasks(policy(date -> true, then))) {
      task.work().get();
    }

    assertThat(table.read(lake.spark(), pinned).collectAsList())
        .containsExactlyInAnyOrderElementsOf(rows);
    assertThat(read(table)).hasSameSizeAs(rows).contains(sale("north", 3, 3, FIRST));
  }

  @ParameterizedTest
  @EnumSource
  void aRepairThatComparedBeforeAnUpsertIsRefused(TableFormat format) {
    table = filled(format);
    long compared = table.version();
    upsert(1, sale("north", 1, 1, FIRST));

    assertThatThrownBy(
            () ->
                table.replaceDates(
                    rows(sale("north", 9, 9, FIRST)),
                    FIRST,
                    FIRST,
                    compared,
                    new Commit("repair", 0)))
        .isInstanceOf(TableMovedException.class);
    table.replaceDates(
        rows(sale("south", 9, 9, SECOND)),
        SECOND,
        SECOND,
        table.version(),
        new Commit("repair", 0));
    assertThat(table.countsByDate()).isEqualTo(Map.of(FIRST, (long) ITEMS, SECOND, 1L));
  }

  @ParameterizedTest
  @EnumSource
  void besideUpkeepNoRowIsLostOrThereTwice(TableFormat format) {
    table = filled(format);
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int batch = 1; batch <= 3; batch++) {
                upsert(batch, sale("north", batch, batch, FIRST), sale("new", batch, batch, FIRST));
              }
            });
    do {
      maintain(date -> true);
    } while (!writer.isDone());
    writer.join();

    List<Row> rows = read(table);
    assertThat(rows).hasSize(2 * ITEMS + 3);
    for (int batch = 1; batch <= 3; batch++) {
      assertThat(rows)
          .contains(sale("north", batch, batch, FIRST), sale("new", batch, batch, FIRST));
    }
  }

  @Test
  void aDeltaTableHasDeletionVectorsOnlyIfItsOwnerWantsThem() {
    table = filled(TableFormat.DELTA);
    DeltaInside.setDeletionVectors(lake.spark(), table, false);

    upsert(1, sale("north", 1, 1, FIRST));

    assertThat(marks(TableFormat.DELTA)).isZero();
    assertThat(read(table)).hasSize(2 * ITEMS).contains(sale("north", 1, 1, FIRST));
  }

  /** Bytes that are no text, which Avro refuses and SQL can make. */
  @ParameterizedTest
  @EnumSource
  void aKeyThatIsNoTextIsReplaced(TableFormat format) {
    table = filled(format);
    Dataset<Row> odd =
        rows(sale("north", 1, 1, FIRST)).withColumn("shop", expr("CAST(X'FF' AS STRING)"));

    // Beside a row that stays, or Delta would remove its file, and mark nothing.
    Dataset<Row> beside = rows(sale("beside", 1, 1, FIRST));
    table.upsert(odd.unionByName(beside), KEY, new Commit("refresh", 1));
    table.upsert(odd.withColumn("price", expr("price + 1")), KEY, new Commit("refresh", 2));

    assertThat(marks(format)).as("or else this would show nothing").isPositive();
    assertThat(read(table)).hasSize(2 * ITEMS + 2);
  }

  @ParameterizedTest
  @EnumSource
  void aViewMayCallItsColumnsFileAndPosition(TableFormat format) {
    StructType columns = StructType.fromDDL("file STRING, position INT, date DATE");
    table =
        lake.lake()
            .create(
                new TableDefinition("shop.large", format, columns, Optional.of("date"), List.of()));
    Row[] rows = new Row[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
      rows[i] = RowFactory.create("f" + i, i, Date.valueOf(FIRST));
    }
    List<String> key = List.of("date", "file");
    upsertPlaces(columns, key, 0, rows);
    allowMarks(format);
    RowLevel.applyFrom(lake.spark(), ITEMS / 2);

    upsertPlaces(columns, key, 1, RowFactory.create("f1", -1, Date.valueOf(FIRST)));

    assertThat(marks(format)).as("or else this would show nothing").isPositive();
    assertThat(read(table)).hasSize(ITEMS);
  }

  private void upsertPlaces(StructType columns, List<String> key, int batch, Row... rows) {
    table.upsert(
        lake.spark().createDataFrame(Arrays.asList(rows), columns),
        key,
        new Commit("refresh", batch));
  }

  @Test
  void aDeltaFileThatIsAloneOnItsDateIsFreedOfMarks() {
    table = filled(TableFormat.DELTA);
    lake.spark().sql("DELETE FROM delta.`%s` WHERE item = 1".formatted(DeltaInside.path(table)));
    assertThat(marks(TableFormat.DELTA)).isEqualTo(2);

    maintain(date -> true);

    assertThat(marks(TableFormat.DELTA)).isZero();
    assertThat(read(table)).hasSize(2 * ITEMS - 2);
    assertThat(table.upkeep().tasks(policy(date -> true, Instant.EPOCH))).isEmpty();
  }

  /** One file on each of two dates, so small that only this session calls them large. */
  private LakeTable filled(TableFormat format) {
    LakeTable created =
        lake.lake()
            .create(
                new TableDefinition(
                    "shop.large", format, COLUMNS, Optional.of("date"), List.of("item")));
    List<Row> rows = new ArrayList<>();
    for (int item = 0; item < ITEMS; item++) {
      rows.add(sale(item % 7 == 0 ? null : "north", item, 0, FIRST));
      rows.add(sale("north", item, 0, SECOND));
    }
    created.upsert(rows(rows.toArray(Row[]::new)), KEY, new Commit("refresh", 0));
    if (format == TableFormat.DELTA) {
      DeltaInside.setDeletionVectors(lake.spark(), created, true);
    }
    RowLevel.applyFrom(lake.spark(), ITEMS / 2);
    return created;
  }

  /** One row that is there, with a null in its key, and up to three others. */
  private Row[] batch(Random random, int batch) {
    Map<List<Object>, Row> rows = new HashMap<>();
    Row there = sale(null, 7 * random.nextInt(1 + (ITEMS - 1) / 7), batch, FIRST);
    rows.put(keyOf(there), there);
    for (int i = random.nextInt(4); i < 3; i++) {
      Row row =
          sale(
              List.of("north", "south").get(random.nextInt(2)),
              random.nextInt(ITEMS),
              batch,
              random.nextInt(3) == 0 ? SECOND : FIRST);
      rows.put(keyOf(row), row);
    }
    return rows.values().toArray(Row[]::new);
  }

  private void repair(Random random, int batch, Map<List<Object>, Row> expected) {
    expected.values().removeIf(row -> row.getDate(3).toLocalDate().equals(SECOND));
    List<Row> repaired = new ArrayList<>();
    for (int item = 0; item < ITEMS; item++) {
      repaired.add(sale("repair", item, random.nextInt(9), SECOND));
    }
    repaired.forEach(row -> expected.put(keyOf(row), row));
    table.replaceDates(
        rows(repaired.toArray(Row[]::new)),
        SECOND,
        SECOND,
        table.version(),
        new Commit("repair", batch));
  }

  private void allowMarks(TableFormat format) {
    if (format == TableFormat.DELTA) {
      DeltaInside.setDeletionVectors(lake.spark(), table, true);
    }
  }

  private boolean upsert(int batch, Row... rows) {
    return table.upsert(rows(rows), KEY, new Commit("refresh", batch));
  }

  private Dataset<Row> rows(Row... rows) {
    return lake.spark().createDataFrame(Arrays.asList(rows), COLUMNS);
  }

  private static Row sale(String shop, int item, int price, LocalDate date) {
    return RowFactory.create(shop, item, new BigDecimal(price + ".000"), Date.valueOf(date));
  }

  private static List<Object> keyOf(Row row) {
    return Arrays.asList(row.get(0), row.get(1), row.get(3));
  }

  private List<Row> read(LakeTable from) {
    return from.read(lake.spark()).collectAsList();
  }

  private static Map<LocalDate, Long> counts(Map<List<Object>, Row> rows) {
    Map<LocalDate, Long> counts = new HashMap<>();
    rows.values().forEach(row -> counts.merge(row.getDate(3).toLocalDate(), 1L, Long::sum));
    return counts;
  }

  private void maintain(java.util.function.Predicate<LocalDate> isClosed) {
    table.upkeep().tasks(policy(isClosed, Instant.EPOCH)).forEach(task -> task.work().get());
  }

  private static UpkeepPolicy policy(
      java.util.function.Predicate<LocalDate> isClosed, Instant keepSince) {
    return new UpkeepPolicy(100, isClosed, keepSince, 0, Optional.empty(), List.of());
  }

  /** How many files there are with marked rows, or of marks. */
  private long marks(TableFormat format) {
    return format == TableFormat.DELTA
        ? DeltaInside.filesWithDeletionVectors(table)
        : lake.spark().sql("SELECT * FROM lake.shop.large.files WHERE content <> 0").count();
  }
}
