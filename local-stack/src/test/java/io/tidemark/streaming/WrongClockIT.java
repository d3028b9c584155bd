package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.RefreshedBatch;
import io.tidemark.ops.Seal;
import io.tidemark.report.ViewStatus;
import io.tidemark.table.TestLake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Records whose clocks are wrong, in a live stream of honest ones. More histories by {@code
 * -Dtidemark.clock-seeds=N}.
 */
class WrongClockIT {
  private static final Duration LATENESS = Duration.ofHours(2);
  private static final LocalDate FIRST = LocalDate.parse("2024-05-01");
  private static final long[] ANY_TIME = {
    Long.MIN_VALUE,
    Long.MIN_VALUE / 1000,
    -1,
    0,
    1,
    1_714_550_400L, // in seconds
    253_402_300_799_999L, // the last of 9999
    1_714_550_400_000_000L, // in microseconds
    Long.MAX_VALUE / 1000,
    Long.MAX_VALUE
  };

  /** Timestamps that are not arrivals, in microseconds. */
  private static final long[] NO_ARRIVAL = {
    Long.MIN_VALUE,
    -1,
    0,
    1_714_550_400_000L, // in seconds
    253_402_300_799_999_999L, // the last of 9999
    Long.MAX_VALUE
  };

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

  static Stream<Long> seeds() {
    return LongStream.rangeClosed(1, Long.getLong("tidemark.clock-seeds", 1)).boxed();
  }

  /** What is right is counted here from what was sent, and bounded by the clock alone. */
  @ParameterizedTest
  @MethodSource("seeds")
  void anyTimeInSomeRecordsChangesNoNumberOfTheOthersAndNoTidemarkByMoreThanMaxFuture(long seed)
      throws Exception {
    Random random = new Random(seed);
    Rides rides = new Rides(folder, lake);
    Map<Instant, Long> truth = new HashMap<>();
    Instant now = Instant.parse("2024-05-02T09:00:00Z");
    Instant newest = Instant.EPOCH;
    int honest = 0;
    for (int round = 0; round < 3; round++) {
      int noise = 0;
      for (int record = 0; record < 300; record++) {
        if (random.nextInt(60) == 0) {
          rides.send(
              "noise" + seed + round + record,
              "noise",
              anyTime(random, now),
              timestamp(random, now),
              false);
          noise++;
        } else {
          Instant time =
              now.minus(1 + random.nextInt(random.nextInt(5) + 1) * 200L, ChronoUnit.MINUTES);
          newest = time.isAfter(newest) ? time : newest;
          truth.merge(time.truncatedTo(ChronoUnit.HOURS), 1L, Long::sum);
          rides.send("ride" + honest++, "Zoo", time.toEpochMilli(), timestamp(random, now), false);
        }
      }
      LedgerSpan landed = rides.land(now);
      assertThat(landed.deadLetters()).as("seed %d", seed).isBetween(1L, (long) noise);
      rides.refresh("checkpoint", now);
      if (round > 0) {
        rides.reconcile(now);
        requireRight(rides, truth, newest, now, seed);
      }
      now = now.plus(10 + random.nextInt(30), ChronoUnit.HOURS);
    }
  }

  private static void requireRight(
      Rides rides, Map<Instant, Long> truth, Instant newest, Instant now, long seed) {
    LocalDate tidemark = rides.status(now).tidemark();
    // All that the honest records close, and no more than is over.
    assertThat(tidemark)
        .as("seed %d", seed)
        .isBetween(lastBefore(newest.minus(LATENESS)), lastBefore(now));
    Instant sealed = tidemark.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    Map<Instant, Long> expected = new HashMap<>(truth);
    expected.keySet().removeIf(hour -> !hour.isBefore(sealed));
    assertThat(rides.shown("Zoo", sealed)).as("seed %d", seed).isEqualTo(expected);
  }

  private static LocalDate lastBefore(Instant time) {
    return LocalDate.ofInstant(time, ZoneOffset.UTC).minusDays(1);
  }

  /** Extremes, in other units, or near enough to be plausible. */
  private static long anyTime(Random random, Instant now) {
    return random.nextInt(3) == 0
        ? now.plus(random.nextInt(100) - 50, ChronoUnit.HOURS).toEpochMilli()
        : ANY_TIME[random.nextInt(ANY_TIME.length)];
  }

  /** A record's arrival, or what some producers say instead, honest ones too. Micros. */
  private static long timestamp(Random random, Instant now) {
    return random.nextInt(5) == 0
        ? NO_ARRIVAL[random.nextInt(NO_ARRIVAL.length)]
        : now.toEpochMilli() * 1000;
  }

  /** As case 04 left it: an event of 2036 in the table, and dates sealed until then. */
  @Test
  void aViewWhoseWatermarkRanAheadComesBackWithAllThatWasSentMeanwhile() throws Exception {
    Rides rides = new Rides(folder, lake);
    Instant future = Instant.parse("2036-05-01T08:00:00Z");
    Instant then = Instant.parse("2024-05-03T12:00:00Z");
    send(rides, "r1", "2024-05-01T08:00:00Z");
    send(rides, "r2", "2024-05-02T08:00:00Z");
    send(rides, "r9", future.toString());
    rides.land(future);
    oldRefresh(rides, future.minus(LATENESS), then);
    oldSeals(rides, future, then);
    Instant now = Instant.parse("2024-05-05T12:00:00Z");
    send(rides, "r3", "2024-05-03T08:00:00Z");
    send(rides, "r4", "2024-05-04T08:00:00Z");
    send(rides, "r5", "2024-05-05T11:00:00Z");
    rides.land(now);

    assertThat(rides.status(now).lastClosed()).isNull();
    assertThat(rides.status(now).tidemark()).isNull();
    assertThatThrownBy(() -> rides.refresh("old", now))
        .hasMessageContaining("has moved its watermark to 2036-05-01T06:00:00Z")
        .hasMessageContaining("./tidemark stream --rebuild rides_by_hour");
    rides.refresh("new", now);

    assertThat(rides.shown("Zoo", Instant.MAX))
        .containsOnlyKeys(
            Stream.of("01T08", "02T08", "03T08", "04T08", "05T11")
                .map(hour -> Instant.parse("2024-05-" + hour + ":00:00Z"))
                .toList());
    rides.reconcile(now);
    ViewStatus status = rides.status(now);
    assertThat(status.watermark()).isEqualTo("2024-05-05T09:00:00Z");
    assertThat(status.tidemark()).isEqualTo("2024-05-04");
    assertThat(status.lastClosed()).isEqualTo("2024-05-04");
    assertThat(status.sealed()).isEqualTo(4);
    assertThat(status.dirty()).isEmpty();
  }

  private static void send(Rides rides, String id, String time) throws Exception {
    Instant at = Instant.parse(time);
    rides.send(id, "Zoo", at.toEpochMilli(), at.toEpochMilli() * 1000, false);
  }

  /** Of an earlier version: it did not look at a clock. */
  private void oldRefresh(Rides rides, Instant watermark, Instant at) throws Exception {
    Path checkpoint =
        Files.createDirectories(lake.checkpoints().resolve("old/offsets")).getParent();
    Files.writeString(checkpoint.resolve("metadata"), "{\"id\":\"old\"}");
    Files.writeString(
        checkpoint.resolve("offsets/0"),
        "v1\n{\"batchWatermarkMs\":0,\"batchTimestampMs\":1714737600000}\n{}");
    rides
        .tables()
        .operations()
        .refreshes()
        .append(
            lake.spark(),
            "rides",
            "rides_by_hour",
            new RefreshedBatch(
                "old",
                0,
                OptionalLong.of(0),
                OptionalLong.of(0),
                Optional.empty(),
                watermark,
                3,
                0,
                at));
  }

  private void oldSeals(Rides rides, Instant until, Instant at) {
    List<Seal> seals =
        FIRST
            .datesUntil(LocalDate.ofInstant(until, ZoneOffset.UTC))
            .map(
                date ->
                    new Seal(
                        date,
                        0,
                        "0",
                        date.isBefore(FIRST.plusDays(2)) ? 1 : 0,
                        0,
                        OptionalLong.of(0),
                        Map.of(),
                        0,
                        rides.tables().views().get("rides_by_hour").view().version().name(),
                        "old",
                        at.plusSeconds(60),
                        Optional.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        Map.of(),
                        Optional.empty()))
            .toList();
    assertThat(seals).hasSize(4383);
    rides.tables().operations().seals().append(lake.spark(), "rides", "rides_by_hour", seals);
  }
}
