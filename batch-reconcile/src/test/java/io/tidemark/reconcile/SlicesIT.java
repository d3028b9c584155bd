package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.ops.Operations;
import io.tidemark.ops.Seal;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dates that are read in slices are reconciled as if they had been read together. */
class SlicesIT {
  private static final DateChoice ALL = new DateChoice.AllClosed();
  private static final int DATES = 3;

  @TempDir private Path folder;

  /** What is to be the same, however many dates are read together. */
  private record Ended(
      ViewFindings findings,
      int exitCode,
      List<String> shown,
      List<String> drift,
      List<String> seals,
      List<String> kept) {}

  private static Ended ended(TestLake lake, Till till, Outcome outcome) {
    return new Ended(
        outcome.findings(),
        outcome.exitCode(),
        till.shown(),
        till.drift(),
        seals(lake, till).values().stream().map(SlicesIT::text).toList(),
        lake
            .lake()
            .find(Operations.RECONCILIATIONS.table(TableFormat.ICEBERG))
            .orElseThrow()
            .read(lake.spark())
            .drop("run", "started_at", "ended_at", "table_version", "events_version")
            .orderBy("date")
            .collectAsList()
            .stream()
            .map(Object::toString)
            .toList());
  }

  private static SortedMap<LocalDate, Seal> seals(TestLake lake, Till till) {
    return till.tables()
        .operations()
        .seals()
        .last(lake.spark(), "till")
        .getOrDefault("sales", Collections.emptySortedMap());
  }

  /** Without what differs from run to run, and up to which landing the events were read. */
  private static String text(Seal seal) {
    return "%s %d %s %d %s %s %s"
        .formatted(
            seal.date(),
            seal.rows(),
            seal.fingerprint(),
            seal.events(),
            seal.conflicting(),
            seal.found().orElseThrow().agreement(),
            new TreeMap<>(seal.found().orElseThrow().drift()));
  }

  private static String at(int day, String time) {
    return FIRST.plusDays(day) + "T" + time + ":00Z";
  }

  /**
   * Dates of windows that reach past midnight. Around each midnight an id is delivered on both
   * sides, another with different contents, and an event comes late; one id comes back after days.
   */
  private static Till till(TestLake lake) {
    Till till = Till.of(lake, TableFormat.ICEBERG, "'1 hour', '30 minutes'");
    for (int day = 0; day < DATES; day++) {
      till.deliver("noon" + day, at(day, "12:10"), "north", 1)
          .deliver("night" + day, at(day, "23:40"), "north", 2)
          .deliver("night" + day, at(day + 1, "00:10"), "north", 2)
          .deliver("conflict" + day / 3, at(day, "23:50"), "south", 3)
          .deliver("conflict" + day / 3, at(day + 1, "00:05"), "south", 4)
          .deliver("again" + day % 2, at(day, "09:10"), "west", 5)
          .deliver("same" + day, at(day, "15:10"), "west", 5)
          .deliver("same" + day, at(day, "15:10"), "west", 6);
    }
    return till.land().refresh(null, at(DATES + 1, "06:00"));
  }

  private static Till withLate(Till till) {
    for (int day = 0; day < DATES; day++) {
      till.deliver("late" + day, at(day, "23:35"), "north", 7)
          .deliver("late" + day, at(day + 1, "00:15"), "north", 7)
          .deliver("noon" + day, at(day, "12:10"), "north", 1);
    }
    return till.land().refresh(at(DATES + 1, "06:00"), at(DATES + 1, "06:00"));
  }

  private TestLake lake(String name) {
    Path own = folder.resolve(name);
    assertThat(own.toFile().mkdir()).isTrue();
    return TestLake.in(own);
  }

  private Ended reconciled(String name, int dates) {
    try (TestLake lake = lake(name)) {
      Till till = till(lake);
      showStreamed(till);
      withLate(till);
      return ended(lake, till, till.slicesOf(dates).reconcile(ALL));
    }
  }

  @Test
  void aRepairInSlicesIsThatOfAllDatesTogether() {
    Ended together = reconciled("together", 100);
    Ended sliced = reconciled("sliced", 2);

    assertThat(together.findings().causes()).containsKeys("late", "duplicate");
    assertThat(together.findings().deliveries().conflicting()).isGreaterThan(DATES);
    assertThat(together.findings().dates()).isGreaterThan(DATES);
    assertThat(together.drift()).isNotEmpty();
    assertThat(sliced).usingRecursiveComparison().isEqualTo(together);
  }

  /** What is right. */
  private static void showTruth(Till till) {
    till.show(truth(till).toArray(Object[][]::new));
  }

  /** The same, but that the stream has met one of two deliveries of an id before the other. */
  private static void showStreamed(Till till) {
    List<Object[]> rows = truth(till);
    rows.stream()
        .filter(
            row ->
                row[1].equals("west")
                    && Instant.parse(at(0, "15:00")).getEpochSecond() % 86_400
                        == ((Timestamp) row[0]).toInstant().getEpochSecond() % 86_400)
        .forEach(row -> row[3] = 6L);
    till.show(rows.toArray(Object[][]::new));
  }

  private static List<Object[]> truth(Till till) {
    LocalDate[] all =
        FIRST.minusDays(1).datesUntil(FIRST.plusDays(DATES + 1)).toArray(LocalDate[]::new);
    return till.truth(all).collectAsList().stream()
        .map(
            row ->
                row(
                    row.getTimestamp(0).toInstant().toString(),
                    row.getString(1),
                    row.getLong(2),
                    row.getLong(3)))
        .toList();
  }

  @Test
  void datesWithoutDriftAreSealedInSlicesAsTogether() {
    List<Ended> ended = new ArrayList<>();
    for (int dates : List.of(100, 2)) {
      try (TestLake lake = lake("of" + dates)) {
        Till till = till(lake);
        showTruth(till);
        ended.add(ended(lake, till, till.slicesOf(dates).reconcile(ALL)));
      }
    }

    assertThat(ended.get(0).findings().driftBefore()).isZero();
    assertThat(ended.get(0).findings().sealed()).isGreaterThan(DATES);
    assertThat(ended.get(1)).usingRecursiveComparison().isEqualTo(ended.get(0));
  }

  @Test
  void aRunThatFailsLeavesTheSlicesThatItHadSealedAndTheNextGoesOn() {
    try (TestLake lake = TestLake.in(folder)) {
      Till till = till(lake).slicesOf(2);
      showTruth(till);
      LakeTable seals = lake.lake().create(Operations.SEALS.table(TableFormat.ICEBERG));
      AtomicBoolean hasFailed = new AtomicBoolean();
      InstantSource failing =
          () -> {
            if (seals.lastBatch("till.sales").orElse(0) == 1 && !hasFailed.getAndSet(true)) {
              throw new IllegalStateException("Cannot tell the time");
            }
            return Instant.now();
          };
      till.clock(failing.withZone(ZoneOffset.UTC));

      assertThatThrownBy(() -> till.reconcile(ALL)).hasMessage("Cannot tell the time");

      assertThat(sealed(lake, till))
          .containsExactly(FIRST.minusDays(1), FIRST, FIRST.plusDays(1), FIRST.plusDays(2));
      ViewFindings next =
          till.clock(Clock.systemUTC()).reconcile(new DateChoice.Dirty()).findings();
      assertThat(next.from()).isEqualTo(FIRST.plusDays(3));
      assertThat(next.tidemark()).isEqualTo(next.to());
      assertThat(sealed(lake, till)).hasSize(4 + next.dates());
    }
  }

  private static List<LocalDate> sealed(TestLake lake, Till till) {
    return List.copyOf(seals(lake, till).keySet());
  }
}
