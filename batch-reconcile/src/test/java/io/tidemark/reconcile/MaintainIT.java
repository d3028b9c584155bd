package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lake.Lease;
import io.tidemark.lake.Pins;
import io.tidemark.ops.MaintenanceLog;
import io.tidemark.ops.MaintenanceLog.Action;
import io.tidemark.ops.Operations;
import io.tidemark.pipeline.Environment;
import io.tidemark.report.OldVersions;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.upkeep.MaintainJob;
import io.tidemark.upkeep.MaintainWatch;
import io.tidemark.upkeep.MaintainedTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is proven stays proven when tables are maintained. */
class MaintainIT {
  /** The others are as these are. */
  private static final List<String> MAINTAINED =
      List.of("till.events", "till.sales", "ops.refreshes");

  @TempDir private Path folder;
  private TestLake lake;
  private Environment environment;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    environment =
        new Environment(
            "nobody:1",
            folder.toUri(),
            lake.warehouse().toUri(),
            lake.checkpoints().toUri(),
            Map.of(),
            Map.of(),
            Map.of());
  }

  @AfterEach
  void close() {
    lake.close();
  }

  /** By a clock by which all that there is now is older than what is kept. */
  private MaintainJob job(Till till, String run) {
    return new MaintainJob(
        lake.spark(),
        till.tables(),
        environment,
        Clock.offset(Clock.systemUTC(), Duration.ofHours(3)),
        run,
        0);
  }

  private List<Action> maintain(Till till, String run) {
    MaintainJob job = job(till, run);
    try (Lease lease = lease().orElseThrow()) {
      return job.maintain(
          job.tables().stream().filter(table -> MAINTAINED.contains(table.name())).toList(),
          lease,
          () -> true);
    }
  }

  private Optional<Lease> lease() {
    return Lease.take(
        Pins.upkeep(environment, lake.spark().sparkContext().hadoopConfiguration()).at("lease"),
        "test");
  }

  private Till sealed(TableFormat format, int landings) {
    Till till = Till.allIn(lake, format, Till.SQL.formatted("'1 hour'"));
    for (int i = 0; i < landings; i++) {
      till.deliver("a" + i, "2011-01-01T10:%02d:00Z".formatted(i), "north", 2)
          .deliver("b" + i, "2011-01-02T10:%02d:00Z".formatted(i), "south", 1)
          .land()
          .refresh(null, "2011-01-05T00:00:00Z");
    }
    till.show(Till.row("2011-01-01T10:00:00Z", "north", landings, 2 * landings))
        .show(Till.row("2011-01-02T10:00:00Z", "south", landings - 1, landings));
    till.publishing().reconcile(new DateChoice.AllClosed());
    return till;
  }

  private List<String> advice(Till till) {
    return OldVersions.advice(
        lake.spark(), till.tables(), Instant.now().plus(Duration.ofHours(3)), 11);
  }

  private Map<String, List<String>> rows(Till till) {
    Map<String, List<String>> rows = new TreeMap<>();
    for (MaintainedTable table : job(till, "looks").tables()) {
      if (!table.name().equals(Operations.MAINTENANCE.tableName())
          && !table.name().equals(Operations.EDITS.tableName())) {
        rows.put(
            table.name(),
            table.table().read(lake.spark()).collectAsList().stream()
                .map(Row::toString)
                .sorted()
                .toList());
      }
    }
    return rows;
  }

  @Test
  void whatIsSealedStaysFinalAndBatchesThatAreReplayedChangeNothing() {
    TableFormat format = TableFormat.ICEBERG;
    Till till = sealed(format, 12);
    assertThat(till.dirty()).isEmpty();
    Map<String, List<String>> before = rows(till);
    Optional<LocalDate> tidemark =
        till.tables().operations().tidemarks().read(lake.spark(), "till").get("sales");
    LakeTable events = till.view().events();

    assertThat(advice(till))
        .hasSize(2)
        .anySatisfy(
            advice ->
                assertThat(advice)
                    .startsWith("till.events has 12 old versions")
                    .endsWith("./tidemark maintain"))
        .anySatisfy(advice -> assertThat(advice).startsWith("ops.refreshes has 12 old versions"));

    List<Action> done = maintain(till, "first");

    assertThat(advice(till)).isEmpty();
    assertThat(done).extracting(Action::outcome).as("%s", done).containsOnly(MaintenanceLog.DONE);
    assertThat(done)
        .extracting(
            action ->
                action.table() + " " + action.action() + action.date().map(d -> " " + d).orElse(""))
        .contains(
            "till.events compact 2011-01-01",
            "till.events compact 2011-01-02",
            "ops.refreshes compact")
        .contains("till.events expire-snapshots");
    assertThat(rows(till)).isEqualTo(before);
    assertThat(till.dirty()).isEmpty();
    assertThat(events.lastBatch("till.land.events")).hasValue(11);
    assertThat(events.append(events.read(lake.spark()), new Commit("till.land.events", 11)))
        .isFalse();
    assertThat(till.tables().operations().tidemarks().read(lake.spark(), "till").get("sales"))
        .isEqualTo(tidemark);

    maintain(till, "second");

    assertThat(rows(till)).isEqualTo(before);
    assertThat(till.dirty()).isEmpty();
    till.deliver("late", "2011-01-01T10:30:00Z", "north", 5).land();
    assertThat(till.dirty()).containsExactly(Till.FIRST);
    till.reconcile(new DateChoice.Dirty());
    assertThat(till.dirty()).isEmpty();
    assertThat(till.shown()).contains("2011-01-01T10:00:00Z north 13 29");
    assertThat(
            lake.lake()
                .find(Operations.MAINTENANCE.table(format))
                .orElseThrow()
                .read(lake.spark())
                .select("run")
                .distinct()
                .collectAsList())
        .extracting(row -> row.getString(0))
        .contains("first");
  }

  @Test
  void whatIsCutOffIsNoFailureAndWhatFailsBesideAStopIsOne() throws IOException {
    Till till = sealed(TableFormat.ICEBERG, 12);
    deleteFiles("till/events");
    MaintainJob job = job(till, "stopped");
    List<MaintainedTable> events =
        job.tables().stream().filter(table -> table.name().equals("till.events")).toList();
    List<String> ended = new ArrayList<>();
    AtomicInteger asked = new AtomicInteger();
    MaintainWatch stoppedWhileItActs =
        new MaintainWatch() {
          @Override
          public boolean goesOn() {
            return asked.incrementAndGet() <= 2;
          }

          @Override
          public boolean cutsOff() {
            return asked.get() == 2;
          }

          @Override
          public void ends(MaintainedTable table) {
            ended.add(table.name());
          }
        };
    try (Lease lease = lease().orElseThrow()) {
      assertThat(job.maintain(events, lease, stoppedWhileItActs)).isEmpty();
      assertThat(asked).as("before the table and before the action").hasValue(2);
      assertThat(ended).isEmpty();
      AtomicInteger askedOfVerb = new AtomicInteger();
      assertThat(job.maintain(events, lease, () -> askedOfVerb.incrementAndGet() <= 2))
          .as("nobody cuts off what a verb does: it has failed by itself")
          .extracting(Action::outcome)
          .contains(MaintenanceLog.FAILED);
    }
  }

  private void deleteFiles(String table) throws IOException {
    List<Path> rows;
    try (Stream<Path> files = Files.walk(lake.warehouse().resolve(table))) {
      rows = files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
    for (Path file : rows) {
      Files.delete(file);
    }
  }

  @Test
  void nobodyMaintainsALakeWhileAnotherDoes() {
    Till till = sealed(TableFormat.ICEBERG, 4);
    MaintainJob job = job(till, "first");
    try (Lease lease = lease().orElseThrow()) {
      assertThat(lease()).isEmpty();
      assertThat(job.maintain(job.tables(), lease, () -> true))
          .as("what it does to every table that there is")
          .isNotEmpty()
          .extracting(Action::outcome)
          .containsOnly(MaintenanceLog.DONE);
    }
    assertThat(lease()).isPresent();
  }

  @Test
  void whatAReconciliationReadsStaysUntilItHasEnded() {
    Till till = sealed(TableFormat.ICEBERG, 12);
    Pins pins = Pins.of(environment, lake.spark().sparkContext().hadoopConfiguration());
    LakeTable events = till.view().events();

    pins.during(
        "reconciliation",
        () -> {
          long version = events.version();
          long rows = events.read(lake.spark()).count();
          till.deliver("next", "2011-01-02T11:00:00Z", "south", 1).land();
          List<Action> done = maintain(till, "beside");
          assertThat(done)
              .filteredOn(action -> action.action().equals("compact"))
              .extracting(Action::table)
              .contains("till.events")
              .doesNotContain("till.sales");
          maintain(till, "again");
          assertThat(events.read(lake.spark(), version).count()).isEqualTo(rows);
          return null;
        });

    assertThat(pins.since()).isEmpty();
  }
}
