package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run over a long history holds in memory. */
class ManyDatesIT {
  /** With {@code -Dtidemark.dates=1000} it measures what docs/performance.md says. */
  private static final int DATES = Integer.getInteger("tidemark.dates", 6);

  private static final int FEW = DATES < 100 ? 2 : 30;
  private static final long DELIVERIES = DATES < 100 ? 10 : 2_000;

  @TempDir private Path folder;

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"a slice of few dates", "slices of few dates", "a slice of all dates"})
  void datesThatAgreeAreSealedHoweverManyAreReadTogether(String how) {
    int dates = how.equals("a slice of few dates") ? FEW : DATES;
    try (TestLake lake = TestLake.in(folder)) {
      Till till =
          Till.of(lake, TableFormat.ICEBERG)
              .deliverOnEach(dates, DELIVERIES)
              .refreshNow(Till.FIRST.plusDays(dates) + "T03:00:00Z")
              .slicesOf(how.equals("a slice of all dates") ? DATES : FEW);

      ViewFindings findings =
          DATES < 100 ? till.reconcileClosed().findings() : measured(how, dates, till);

      assertThat(findings.driftBefore()).isZero();
      assertThat(findings.sealed()).isEqualTo(dates);
      assertThat(findings.tidemark()).isEqualTo(Till.FIRST.plusDays(dates - 1));
    }
  }

  private static ViewFindings measured(String how, int dates, Till till) {
    LiveMemory memory = LiveMemory.watch();
    long began = System.nanoTime();
    ViewFindings findings = till.reconcileClosed().findings();
    System.out.printf(
        Locale.ROOT,
        "%s: %,d dates of %,d events, %.0f s, at most %,d MB in use after a collection%n",
        how,
        dates,
        DELIVERIES,
        (System.nanoTime() - began) / 1e9,
        memory.mostMegabytes());
    return findings;
  }

  /** What lives, looked at every two seconds, which costs time. */
  private record LiveMemory(ScheduledExecutorService looking, AtomicLong most) {

    static LiveMemory watch() {
      LiveMemory memory =
          new LiveMemory(Executors.newSingleThreadScheduledExecutor(), new AtomicLong());
      memory.looking.scheduleWithFixedDelay(memory::look, 0, 2, TimeUnit.SECONDS);
      return memory;
    }

    private void look() {
      System.gc();
      // Not what is used by now: other threads go on, and make garbage.
      long used =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(pool -> pool.getType() == MemoryType.HEAP)
              .mapToLong(pool -> pool.getCollectionUsage().getUsed())
              .sum();
      most.accumulateAndGet(used, Math::max);
    }

    long mostMegabytes() {
      looking.shutdownNow();
      return most.get() >> 20;
    }
  }
}
