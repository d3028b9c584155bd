package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.status.DateRun;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories, streamed in random batches, and reconciled in any order and grouping: the view
 * is what the rule says, everything that the stream did is explained, and a seal is withdrawn
 * exactly if its recomputation differs.
 */
class HistoryIT {
  private static final int HISTORIES = Integer.getInteger("tidemark.histories", 200);

  /** In one lake; each takes some days of its own. */
  private static final int TOGETHER = 2;

  private static final int DAYS = 5;

  @TempDir private Path folder;

  static Stream<Arguments> lakes() {
    List<Arguments> lakes = new ArrayList<>();
    for (int lake = 0; lake < Math.max(1, HISTORIES / 500); lake++) {
      for (TableFormat format : TableFormat.values()) {
        lakes.add(Arguments.of(format, lake));
      }
    }
    return lakes.stream();
  }

  @ParameterizedTest
  @MethodSource("lakes")
  void theViewEndsAsTheRuleSaysHoweverItIsReconciled(TableFormat format, int number) {
    long seed = 2L * number + format.ordinal();
    Random random = new Random(seed);
    try (TestLake lake = TestLake.in(folder)) {
      Till till = Till.of(lake, format);
      if (format == TableFormat.ICEBERG) {
        till.slicesOf(2);
      }
      List<History.Sale> delivered = streamed(till, seed, random);
      LocalDate last = till.status().lastClosed();

      for (DateRun run : runs(Till.FIRST, last, random)) {
        ViewFindings found =
            till.reconcile(new DateChoice.Between(run.from(), run.to())).findings();
        assertThat(found.causes())
            .as(() -> "seed %d, %s, %s, %s".formatted(seed, run, unexplained(till), delivered))
            .doesNotContainKey("unexplained");
      }
      assertThat(closed(till.shown(), last))
          .as("seed %d", seed)
          .isEqualTo(closed(History.text(History.truth(delivered)), last));
      assertThat(till.dirty()).as("seed %d", seed).isEmpty();

      var before = History.truth(delivered);
      deliverMore(till, delivered, random);
      var after = History.truth(delivered);
      assertThat(till.dirty())
          .as("seed %d: dates whose recomputation differs", seed)
          .containsExactlyElementsOf(differing(before, after, last));

      ViewFindings dirty = till.reconcile(new DateChoice.Dirty()).findings();
      assertThat(dirty.causes()).as("seed %d", seed).doesNotContainKey("unexplained");
      assertThat(closed(till.shown(), last))
          .as("seed %d", seed)
          .isEqualTo(closed(History.text(after), last));
      assertNothingLeftToDo(till, seed);
    }
  }

  /** Lands and refreshes histories one after the other; all that was delivered, as it landed. */
  private static List<History.Sale> streamed(Till till, long seed, Random random) {
    History.Stream stream = new History.Stream(seed);
    List<History.Sale> delivered = new ArrayList<>();
    List<History.Sale> unread = new ArrayList<>();
    for (int next = 0; next < TOGETHER; next++) {
      LocalDate first = Till.FIRST.plusDays((long) DAYS * next);
      Instant begin = first.atStartOfDay(ZoneOffset.UTC).toInstant();
      History history = History.random(seed * TOGETHER + next, "id" + next, begin);
      List<List<History.Sale>> batches = new ArrayList<>(history.batches());
      Instant end = begin.plusSeconds(3600L * 24 * (DAYS - 1));
      batches.add(List.of(new History.Sale("end" + next, end, "north", 1)));
      for (List<History.Sale> batch : batches) {
        land(till, batch);
        delivered.addAll(batch);
        unread.addAll(batch);
        boolean isLast = batch == batches.get(batches.size() - 1);
        if (isLast || random.nextBoolean()) {
          refresh(till, stream, unread);
        }
      }
    }
    for (var row : rows(stream.rows())) {
      till.show(row);
    }
    return delivered;
  }

  private static void land(Till till, List<History.Sale> batch) {
    batch.forEach(
        sale -> till.deliver(sale.id(), sale.time().toString(), sale.shop(), sale.amount()));
    // Whoever lands them, they count the same. Not by the random numbers that make the history.
    if (batch.hashCode() % 3 == 0) {
      till.replaying();
    }
    till.land();
  }

  private static void refresh(Till till, History.Stream stream, List<History.Sale> unread) {
    Instant lateAt = stream.refresh(unread);
    unread.clear();
    till.refresh(
        lateAt.equals(Instant.EPOCH) ? null : lateAt.toString(), stream.watermark().toString());
  }

  private static List<Object[][]> rows(SortedMap<LocalDate, SortedMap<String, History.Row>> rows) {
    List<Object[]> shown = new ArrayList<>();
    rows.values()
        .forEach(
            date ->
                date.forEach(
                    (key, row) -> {
                      String[] parts = key.split(" ");
                      shown.add(Till.row(parts[0], parts[1], row.sales(), row.amount()));
                    }));
    return List.<Object[][]>of(shown.toArray(Object[][]::new));
  }

  /** All dates in runs of up to five, in any order. */
  private static List<DateRun> runs(LocalDate first, LocalDate last, Random random) {
    List<DateRun> runs = new ArrayList<>();
    for (LocalDate from = first; !from.isAfter(last); ) {
      LocalDate to = from.plusDays(random.nextInt(5));
      runs.add(new DateRun(from, to.isAfter(last) ? last : to));
      from = to.plusDays(1);
    }
    Collections.shuffle(runs, random);
    return runs;
  }

  private static List<String> unexplained(Till till) {
    return till.drift().stream().filter(drift -> drift.endsWith("unexplained")).toList();
  }

  private static void assertNothingLeftToDo(Till till, long seed) {
    long version = till.view().table().version();
    ViewFindings again = till.reconcile(new DateChoice.AllClosed()).findings();
    assertThat(again.driftBefore()).as("seed %d", seed).isZero();
    assertThat(again.sealed()).as("seed %d", seed).isZero();
    assertThat(till.view().table().version()).as("seed %d", seed).isEqualTo(version);
  }

  /** Of sealed dates: what was there, what was nearly there, and what was not. */
  private static void deliverMore(Till till, List<History.Sale> delivered, Random random) {
    List<History.Sale> more = new ArrayList<>();
    for (int next = 0; next < 5; next++) {
      History.Sale known = delivered.get(random.nextInt(delivered.size()));
      boolean isNew = random.nextInt(4) == 0;
      more.add(
          new History.Sale(
              isNew ? "more" + next : known.id(),
              known.time().plusSeconds(random.nextBoolean() ? 0 : 3600L * random.nextInt(30)),
              known.shop(),
              known.amount() + random.nextInt(2)));
    }
    land(till, more);
    delivered.addAll(more);
  }

  private static SortedSet<LocalDate> differing(
      SortedMap<LocalDate, SortedMap<String, History.Row>> before,
      SortedMap<LocalDate, SortedMap<String, History.Row>> after,
      LocalDate last) {
    SortedSet<LocalDate> differing = new TreeSet<>(after.keySet());
    differing.removeIf(date -> date.isAfter(last) || after.get(date).equals(before.get(date)));
    return differing;
  }

  private static List<String> closed(List<String> rows, LocalDate last) {
    return rows.stream().filter(row -> row.compareTo(last.plusDays(1).toString()) < 0).toList();
  }
}
