package io.tidemark.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Looks;
import io.tidemark.table.Sales;
import io.tidemark.table.TableEdits;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.BiFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a verb that only looks makes of few rows is what Spark makes of many. */
class FewOperationsIT {
  private static final Instant NOON = Instant.parse("2011-01-01T12:00:00.123456Z");
  private static final LocalDate FIRST = LocalDate.parse("2011-01-01");
  private static final String PIPELINE = "till";

  private final Random random = new Random(7);

  @TempDir private Path folder;
  private TestLake lake;
  private TestLake looking;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    looking = TestLake.in(folder, Looks.SETTINGS);
  }

  @AfterEach
  void close() {
    looking.close();
    lake.close();
  }

  private <T> T same(BiFunction<OperationTables, SparkSession, T> read) {
    T few = read.apply(OperationTables.open(looking.lake(), TableFormat.DELTA), looking.spark());
    T many = read.apply(OperationTables.open(lake.lake(), TableFormat.DELTA), lake.spark());
    assertThat(few).isEqualTo(many);
    return few;
  }

  private <T> Map<String, T> sameByView(
      BiFunction<OperationTables, SparkSession, Map<String, T>> read) {
    return same(read);
  }

  private LakeTable table(Operations of) {
    return lake.lake().create(of.table(TableFormat.DELTA));
  }

  private void put(Operations of, List<Row> rows) {
    table(of).append(lake.spark(), rows, new Commit("test", 0));
  }

  @Test
  void smallTablesAreReadWithoutAQuery() {
    put(Operations.LEDGER, ledger(3));

    assertThat(table(Operations.LEDGER).few(lake.spark())).isEmpty();
    assertThat(table(Operations.LEDGER).few(looking.spark()).orElseThrow())
        .containsExactlyInAnyOrderElementsOf(
            table(Operations.LEDGER).read(lake.spark()).collectAsList());
  }

  @Test
  void aLedgerAddsUpToTheSame() {
    put(Operations.LEDGER, ledger(300));

    LedgerBalance balance =
        same((operations, spark) -> inAnyOrder(operations.ledger().balance(spark, PIPELINE)));

    assertThat(balance.totals()).hasSize(6);
    assertThat(balance.losses()).isNotEmpty();
    assertThat(balance.problems()).hasSize(LedgerBalance.TOLD + 1);
    assertThat(balance.replays()).hasSize(2);
    assertThat(balance.replayed()).isNotEmpty();
  }

  @Test
  void aLedgerThatBalancesIsToldFromOneThatDoesNot() {
    put(
        Operations.LEDGER,
        List.of(span("a", 0, 0, 10, 10, null, null, 0L), span("a", 0, 10, 15, 5, null, null, 1L)));
    assertThat(
            same((operations, spark) -> operations.ledger().balance(spark, PIPELINE)).isBalanced())
        .isTrue();
  }

  @Test
  void refreshesOfEachViewAreTheSame() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      boolean looks = random.nextBoolean();
      rows.add(
          RowFactory.create(
              random.nextInt(5) == 0 ? "other" : PIPELINE,
              "view" + random.nextInt(4),
              "checkpoint" + random.nextInt(3),
              (long) i,
              random.nextBoolean() ? (long) i : null,
              random.nextBoolean() ? (long) i : null,
              random.nextBoolean() ? Timestamp.from(NOON) : null,
              Timestamp.from(NOON.plusSeconds(random.nextInt(10_000_000) - 5_000_000)),
              (long) random.nextInt(100),
              (long) random.nextInt(100),
              Timestamp.from(NOON.plusSeconds(random.nextInt(5_000))),
              looks ? Timestamp.from(NOON) : null,
              looks ? "v1" : null,
              looks ? Timestamp.from(NOON.plusSeconds(i)) : null,
              looks ? (long) random.nextInt(100) : null));
    }
    put(Operations.REFRESHES, rows);

    assertThat(sameByView((operations, spark) -> operations.refreshes().last(spark, PIPELINE)))
        .hasSize(4);
    assertThat(
            sameByView((operations, spark) -> operations.refreshes().notCounted(spark, PIPELINE)))
        .hasSize(4);
    assertThat(
            sameByView(
                (operations, spark) -> {
                  Map<String, HashSet<SealValidity.Period>> ahead = new HashMap<>();
                  operations
                      .refreshes()
                      .ahead(spark, PIPELINE, Duration.ofDays(20))
                      .forEach((view, periods) -> ahead.put(view, new HashSet<>(periods)));
                  return ahead;
                }))
        .hasSize(4);
  }

  @Test
  void theLastSealsAreTheSame() {
    Seals seals = OperationTables.open(lake.lake(), TableFormat.DELTA).seals();
    for (int i = 0; i < 12; i++) {
      seals.append(
          lake.spark(),
          i % 5 == 4 ? "other" : PIPELINE,
          "view" + i % 2,
          List.of(
              seal(FIRST.plusDays(random.nextInt(2)), i, NOON.plusSeconds(random.nextInt(3))),
              seal(FIRST.plusDays(7), i, NOON)));
    }

    assertThat(sameByView((operations, spark) -> operations.seals().last(spark, PIPELINE)))
        .hasSize(2);
  }

  @Test
  void editsAreTheSame() {
    LakeTable events = lake.lake().create(Sales.table(TableFormat.DELTA));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String operation = List.of("UPDATE", "DELETE", TableEdits.ERASED).get(random.nextInt(3));
      rows.add(edit(events, i, null, null));
      rows.add(
          edit(
              events,
              i,
              random.nextInt(9) == 0 ? null : Date.valueOf(FIRST.plusDays(random.nextInt(5))),
              operation));
    }
    put(Operations.EDITS, rows);

    EditedDates edited =
        same(
            (operations, spark) ->
                operations.edits().peek(spark, PIPELINE, events, () -> List.of(0L)).dates());

    assertThat(edited.looks()).isEqualTo(59);
    assertThat(edited.byDate()).hasSize(5);
    assertThat(edited.erased()).hasSize(5);
    assertThat(edited.anyDate()).isPresent();
  }

  @Test
  void tablesWithoutRowsSayTheSame() {
    same((operations, spark) -> operations.ledger().balance(spark, PIPELINE));
    same((operations, spark) -> operations.refreshes().last(spark, PIPELINE));
    same((operations, spark) -> operations.refreshes().notCounted(spark, PIPELINE));
    same((operations, spark) -> operations.refreshes().ahead(spark, PIPELINE, Duration.ZERO));
    assertThat(sameByView((operations, spark) -> operations.seals().last(spark, PIPELINE)))
        .isEmpty();
  }

  private static LedgerBalance inAnyOrder(LedgerBalance balance) {
    return new LedgerBalance(
        balance.totals(),
        balance.losses(),
        balance.problems(),
        balance.replays(),
        balance.replayed().stream()
            .sorted((one, other) -> one.toString().compareTo(other.toString()))
            .toList());
  }

  private List<Row> ledger(int spans) {
    List<Row> rows = new ArrayList<>();
    long[] reached = {5, 0, 0, 7, 0, 0};
    for (int i = 0; i < spans; i++) {
      int at = random.nextInt(6);
      String topic = at < 3 ? "a" : "b";
      long from = reached[at] + random.nextInt(3) / 2;
      long until = from + random.nextInt(9);
      reached[at] = until - random.nextInt(3) / 2;
      if (random.nextInt(10) == 0) {
        rows.add(span(topic, at, from, from, 1, null, 1L, random.nextBoolean() ? (long) i : null));
      } else {
        Long lost = random.nextInt(5) == 0 ? (Long) (long) random.nextInt(2) : null;
        rows.add(span(topic, at, from, until, until - from, lost, null, (long) i));
      }
    }
    rows.add(span("a", 0, 3, 3, 2, null, 2L, null));
    return rows;
  }

  private Row span(
      String topic,
      int partition,
      long from,
      long until,
      long events,
      Long lost,
      Long replayed,
      Long number) {
    return RowFactory.create(
        PIPELINE,
        "land." + topic,
        from,
        topic,
        partition,
        from,
        until,
        events,
        replayed == null ? 0L : -replayed,
        0L,
        Timestamp.from(NOON),
        lost,
        null,
        number,
        replayed);
  }

  private static Seal seal(LocalDate date, long events, Instant sealedAt) {
    return new Seal(
        date,
        2,
        "00ff",
        events,
        3,
        OptionalLong.of(7),
        Map.of("products", 4L),
        5,
        "v1",
        "run-1",
        sealedAt,
        Optional.of(Duration.ofDays(1)).filter(window -> events > 1),
        events == 0 ? OptionalLong.empty() : OptionalLong.of(1),
        OptionalLong.of(6),
        events == 1 ? Map.of() : Map.of("products", "tea"),
        events == 2 ? Optional.empty() : Optional.of(new Seal.Found(0.5, Map.of("late", 3L))));
  }

  private static Row edit(LakeTable events, long number, Date date, String operation) {
    return RowFactory.create(
        PIPELINE,
        events.name(),
        number,
        events.id(),
        number,
        0L,
        date,
        operation,
        operation == null ? null : number,
        Timestamp.from(NOON));
  }
}
