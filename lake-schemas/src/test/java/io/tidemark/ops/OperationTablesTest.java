package io.tidemark.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.Commit;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OperationTablesTest {
  private static final Instant NOON = Instant.parse("2011-01-01T12:00:00.123456Z");
  private static final LocalDate FIRST = LocalDate.parse("2011-01-01");

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

  private static final SealValidity ANY = new SealValidity(date -> Instant.MIN, List.of());

  private static Seal seal(LocalDate date, long events, Instant sealedAt) {
    return new Seal(
        date,
        2,
        "00ff",
        events,
        3,
        events == 0 ? OptionalLong.empty() : OptionalLong.of(7),
        Map.of("products", 4L),
        5,
        "v1",
        "run-1",
        sealedAt,
        Optional.of(Duration.ofDays(1)).filter(window -> events > 1),
        events == 0 ? OptionalLong.empty() : OptionalLong.of(1),
        OptionalLong.of(6),
        Map.of("products", "tea"),
        Optional.empty());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsWrittenIsReadAgain(TableFormat format) {
    OperationTables operations = OperationTables.open(lake.lake(), format);
    LedgerSpan span = new LedgerSpan("sales", 0, 0, 3, 2, 1, 0);
    RefreshedBatch refreshed =
        new RefreshedBatch(
            "c1",
            0,
            OptionalLong.of(0),
            OptionalLong.of(2),
            Optional.empty(),
            Optional.of(NOON.plusSeconds(60)),
            NOON,
            7,
            1,
            NOON.plusSeconds(1),
            Optional.of("v1"),
            Optional.of(NOON.plusSeconds(30)),
            OptionalLong.of(4));

    var ledger = operations.ledger();
    var landing = new Commit("till.land.events", 0);
    assertThat(ledger.append(lake.spark(), "till", List.of(span), NOON, landing)).isTrue();
    assertThat(ledger.append(lake.spark(), "till", List.of(span), NOON, landing)).isFalse();
    assertThat(ledger.balance(lake.spark(), "till").totals()).containsExactly(span);
    assertThat(ledger.balance(lake.spark(), "another").totals()).isEmpty();

    var refreshes = operations.refreshes();
    assertThat(refreshes.last(lake.spark(), "till")).isEmpty();
    assertThat(refreshes.append(lake.spark(), "till", "sales", refreshed)).isTrue();
    assertThat(refreshes.append(lake.spark(), "till", "sales", refreshed)).isFalse();
    RefreshedBatch other = read("other", 5, 0, 2, NOON, 0);
    RefreshedBatch earlier = read("other", 6, 0, 2, NOON, -1);
    refreshes.append(lake.spark(), "till", "visits", other);
    refreshes.append(lake.spark(), "till", "visits", earlier);
    assertThat(refreshes.last(lake.spark(), "till"))
        .containsOnly(Map.entry("sales", refreshed), Map.entry("visits", other));
    assertThat(refreshes.last(lake.spark(), "another")).isEmpty();

    var seals = operations.seals();
    assertThat(seals.sealedDates(lake.spark(), "till", "sales", () -> ANY)).isEmpty();
    Seal first = seal(FIRST, 1, NOON);
    Seal again = seal(FIRST, 2, NOON.plusSeconds(1));
    seals.append(lake.spark(), "till", "sales", List.of(again));
    seals.append(lake.spark(), "till", "sales", List.of(first));
    seals.append(lake.spark(), "till", "visits", List.of(first));
    assertThat(seals.last(lake.spark(), "till"))
        .containsOnly(
            Map.entry("sales", new TreeMap<>(Map.of(FIRST, again))),
            Map.entry("visits", new TreeMap<>(Map.of(FIRST, first))));
    assertThat(seals.sealedDates(lake.spark(), "till", "sales", () -> ANY)).containsExactly(FIRST);
    assertThat(seals.sealedDates(lake.spark(), "till", "another", () -> ANY)).isEmpty();
  }

  @Test
  void aLedgerKnowsTheLastBatchOfAQueryWhoseSnapshotHasExpired() {
    Ledger ledger = OperationTables.open(lake.lake(), TableFormat.ICEBERG).ledger();
    LedgerSpan span = new LedgerSpan("sales", 0, 0, 3, 2, 1, 0);
    ledger.append(lake.spark(), "till", List.of(span), NOON, new Commit("quiet", 3));
    ledger.append(lake.spark(), "till", List.of(span), NOON, new Commit("busy", 0));
    lake.spark()
        .sql("CALL lake.system.expire_snapshots('ops.ledger', TIMESTAMP '2100-01-01 00:00:00', 1)");

    assertThat(ledger.lastBatch(lake.spark(), "quiet")).hasValue(3);
    assertThat(ledger.lastBatch(lake.spark(), "busy")).hasValue(0);
    assertThat(ledger.lastBatch(lake.spark(), "another")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void theLastReadingOfALandedBatchSaysWhatWasDropped(TableFormat format) {
    Refreshes refreshes = OperationTables.open(lake.lake(), format).refreshes();
    refreshes.append(lake.spark(), "till", "sales", read("old", 0, 0, 2, NOON, 1));
    refreshes.append(lake.spark(), "till", "sales", read("new", 0, 0, 0, null, 2));
    refreshes.append(lake.spark(), "till", "sales", read("new", 1, 1, 1, NOON.plusSeconds(9), 3));

    assertThat(
            refreshes
                .lateAt(lake.spark(), "till", "sales", 0, 2)
                .orderBy("landed_batch")
                .selectExpr("landed_batch", "cast(late_at AS STRING)")
                .collectAsList())
        .extracting(row -> row.mkString(" "))
        .containsExactly("0 null", "1 2011-01-01 12:00:09.123456", "2 2011-01-01 12:00:00.123456");
    assertThat(
            refreshes
                .lateAt(lake.spark(), "till", "sales", 1, 1)
                .selectExpr("landed_batch")
                .collectAsList())
        .extracting(row -> row.getLong(0))
        .containsExactly(1L);
  }

  @ParameterizedTest
  @EnumSource
  void whatManyRunsAppendHasOneNameAndRisingNumbers(TableFormat format) {
    OperationTables operations = OperationTables.open(lake.lake(), format);
    for (int i = 0; i < 3; i++) {
      operations
          .runs()
          .append(
              lake.spark(),
              new EndedRun(
                  Runs.newId(),
                  "reconcile",
                  "till",
                  NOON,
                  NOON,
                  0,
                  "done",
                  Optional.empty(),
                  Optional.empty()));
      operations.seals().append(lake.spark(), "till", "sales", List.of(seal(FIRST, i, NOON)));
    }

    assertThat(operations.runs().list(lake.spark(), "reconcile", "till")).hasSize(3);
    assertThat(lake.lake().create(Operations.RUNS.table(format)).lastBatch("reconcile"))
        .hasValue(2);
    assertThat(lake.lake().create(Operations.SEALS.table(format)).lastBatch("till.sales"))
        .hasValue(2);
  }

  @Test
  void aDateThatWasSealedBeforeItWasOverIsNotSealed() {
    Seals seals = OperationTables.open(lake.lake(), TableFormat.DELTA).seals();
    SealValidity endOfDay =
        new SealValidity(
            date -> date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant(),
            List.of(new SealValidity.Period(NOON.plusSeconds(200_000), NOON.plusSeconds(300_000))));
    Instant next = NOON.plusSeconds(86_400);
    seals.append(
        lake.spark(),
        "till",
        "sales",
        List.of(
            seal(FIRST, 1, next),
            seal(FIRST.plusDays(1), 1, next),
            seal(FIRST.plusYears(9), 0, next),
            seal(FIRST.plusDays(2), 0, NOON.plusSeconds(250_000)),
            seal(FIRST.plusDays(3), 0, NOON.plusSeconds(350_000))));

    assertThat(seals.sealedDates(lake.spark(), "till", "sales", () -> endOfDay))
        .containsExactly(FIRST, FIRST.plusDays(3));
  }

  /** Batches that looked at a clock are never ahead of it. */
  @Test
  void aWatermarkIsAheadUntilAnotherCheckpointBegins() {
    Refreshes refreshes = OperationTables.open(lake.lake(), TableFormat.DELTA).refreshes();
    Instant future = NOON.plusSeconds(1_000_000);
    refreshes.append(lake.spark(), "till", "sales", reached("old", 0, NOON, 1, null));
    refreshes.append(lake.spark(), "till", "sales", reached("old", 1, future, 2, null));
    refreshes.append(lake.spark(), "till", "sales", reached("old", 2, future, 3, null));
    refreshes.append(lake.spark(), "till", "sales", reached("new", 0, NOON, 4, NOON));
    refreshes.append(lake.spark(), "till", "visits", reached("v", 0, future, 2, null));
    refreshes.append(lake.spark(), "till", "others", reached("o", 0, future, 2, NOON));

    assertThat(refreshes.ahead(lake.spark(), "till", Duration.ofDays(1)))
        .isEqualTo(
            Map.of(
                "sales",
                List.of(new SealValidity.Period(NOON.plusSeconds(2), NOON.plusSeconds(4))),
                "visits",
                List.of(new SealValidity.Period(NOON.plusSeconds(2), Instant.MAX))));
    assertThat(refreshes.ahead(lake.spark(), "till", Duration.ofDays(12))).isEmpty();
  }

  private static RefreshedBatch reached(
      String checkpoint, long batch, Instant watermark, long second, Instant aheadAt) {
    return new RefreshedBatch(
        checkpoint,
        batch,
        OptionalLong.empty(),
        OptionalLong.empty(),
        Optional.empty(),
        Optional.ofNullable(aheadAt),
        watermark,
        0,
        0,
        NOON.plusSeconds(second),
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty());
  }

  private static RefreshedBatch read(
      String checkpoint, long batch, long from, long through, Instant lateAt, long second) {
    return new RefreshedBatch(
        checkpoint,
        batch,
        OptionalLong.of(from),
        OptionalLong.of(through),
        Optional.ofNullable(lateAt),
        Optional.empty(),
        NOON,
        0,
        0,
        NOON.plusSeconds(second),
        Optional.of("v1"),
        Optional.of(NOON.plusSeconds(second + 60)),
        OptionalLong.empty());
  }
}
