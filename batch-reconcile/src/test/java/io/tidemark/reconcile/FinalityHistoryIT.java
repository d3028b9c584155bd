package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.DateState;
import io.tidemark.ops.DateState.State;
import io.tidemark.report.ViewStatus;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever lands, is refreshed, edited and reconciled, in any order: what ops.dates and
 * ops.tidemarks say is what status says, and what they call sealed is what was delivered.
 */
class FinalityHistoryIT {
  private static final int DAYS = 4;

  @TempDir private Path folder;

  private final List<History.Sale> delivered = new ArrayList<>();
  private final List<String> steps = new ArrayList<>();

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("tidemark.finality-histories", 1));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void theTablesSayWhatStatusSays(long seed) {
    Random random = new Random(seed);
    TableFormat format = seed % 5 == 4 ? TableFormat.DELTA : TableFormat.ICEBERG;
    try (TestLake lake = TestLake.in(folder)) {
      Till till = Till.allIn(lake, format, Till.SQL.formatted("'1 hour'")).publishing();
      land(till, random, 4);
      refresh(till, 1 + random.nextInt(DAYS));
      till.reconcile(new DateChoice.AllClosed());
      for (int step = 0; step < Integer.getInteger("tidemark.finality-steps", 4); step++) {
        step(till, lake, format, random);
        check(till, "seed %d, %s: %s, delivered %s".formatted(seed, format, steps, delivered));
      }
    }
  }

  private void step(Till till, TestLake lake, TableFormat format, Random random) {
    switch (random.nextInt(5)) {
      case 0, 1 -> {
        land(till, random, 1 + random.nextInt(2));
        till.finality().publish();
      }
      case 2 -> {
        refresh(till, 1 + random.nextInt(DAYS));
        till.finality().publish();
      }
      case 3 -> {
        edit(lake, format, random);
        till.finality().publish();
      }
      default -> {
        steps.add("reconcile");
        till.reconcile(new DateChoice.Dirty());
      }
    }
  }

  /** Half of them were delivered before. */
  private void land(Till till, Random random, int deliveries) {
    for (int next = 0; next < deliveries; next++) {
      History.Sale sale =
          delivered.isEmpty() || random.nextBoolean()
              ? sale(random)
              : delivered.get(random.nextInt(delivered.size()));
      delivered.add(sale);
      till.deliver(sale.id(), sale.time().toString(), sale.shop(), sale.amount());
    }
    till.land();
    steps.add("land " + deliveries);
  }

  private History.Sale sale(Random random) {
    Instant time =
        Till.FIRST
            .atStartOfDay(ZoneOffset.UTC)
            .toInstant()
            .plus(random.nextInt(DAYS * 24), ChronoUnit.HOURS);
    return new History.Sale("id" + delivered.size(), time, "north", 1 + random.nextInt(9));
  }

  /** The stream counts nothing: all that it should have is drift. */
  private void refresh(Till till, int days) {
    till.refresh(null, Till.FIRST.plusDays(days) + "T00:00:00Z");
    steps.add("refresh to " + days);
  }

  private void edit(TestLake lake, TableFormat format, Random random) {
    int edited = random.nextInt(delivered.size());
    History.Sale sale = delivered.get(edited);
    String table =
        format == TableFormat.DELTA
            ? "delta.`%s`".formatted(lake.warehouse().resolve("till/events"))
            : "lake.till.events";
    lake.spark().sql("UPDATE %s SET amount = 50 WHERE event_id = '%s'".formatted(table, sale.id()));
    delivered.replaceAll(
        of -> of.id().equals(sale.id()) ? new History.Sale(of.id(), of.time(), of.shop(), 50) : of);
    steps.add("edit " + sale.id());
  }

  private void check(Till till, String story) {
    SortedMap<LocalDate, DateState> dates =
        till.tables().operations().dates().read(till.spark(), "till").get("sales");
    ViewStatus status = till.status();
    assertThat(in(dates, State.DIRTY)).as(story).isEqualTo(status.dirty());
    assertThat(in(dates, State.OPEN)).as(story).containsExactlyElementsOf(status.open());
    assertThat(in(dates, State.CLOSED)).as(story).hasSize(status.unsealed());
    assertThat(in(dates, State.SEALED)).as(story).hasSize(status.sealed() - status.dirty().size());
    assertThat(till.tables().operations().tidemarks().read(till.spark(), "till").get("sales"))
        .as(story)
        .isEqualTo(Optional.ofNullable(status.tidemark()));

    SortedSet<LocalDate> sealed = in(dates, State.SEALED);
    SortedMap<LocalDate, SortedMap<String, History.Row>> truth =
        new TreeMap<>(History.truth(delivered));
    truth.keySet().retainAll(sealed);
    assertThat(till.shown().stream().filter(row -> sealed.contains(date(row))))
        .as(story)
        .containsExactlyElementsOf(History.text(truth));
  }

  private static LocalDate date(String row) {
    return LocalDate.parse(row.substring(0, 10));
  }

  private static SortedSet<LocalDate> in(SortedMap<LocalDate, DateState> dates, State state) {
    SortedSet<LocalDate> in = new TreeSet<>(dates.keySet());
    in.removeIf(date -> dates.get(date).state() != state);
    return in;
  }
}
