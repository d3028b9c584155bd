package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.FIRST;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.EditedDates;
import io.tidemark.ops.Edits;
import io.tidemark.status.PinnedEvents;
import io.tidemark.status.ViewDates;
import io.tidemark.status.ViewFinality;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.view.DeliveryOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedEventsTest {
  private static final LocalDate SECOND = FIRST.plusDays(1);

  @TempDir private Path folder;
  private TestLake lake;
  private Till till;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    till =
        Till.of(lake, TableFormat.ICEBERG, "'1 hour', '30 minutes'")
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-02T10:05:00Z", "north", 4)
            .deliver("c", "2011-01-03T10:05:00Z", "north", 5)
            .deliver("d", "2011-01-04T10:05:00Z", "north", 6)
            .land();
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private ViewDates dates(LocalDate... dates) {
    ViewFinality finality =
        ViewFinality.now(
                lake.spark(),
                till.tables().pipeline(),
                till.tables().operations(),
                List.of(till.view()),
                Instant.now(),
                events -> new Edits.Look(events.version(), EditedDates.NONE))
            .get("sales");
    return new ViewDates(till.view(), finality, new TreeSet<>(List.of(dates)));
  }

  private static List<String> ids(Dataset<Row> events) {
    return events.select("event_id").collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  @Test
  void viewsShareTheEventsThatCountOnAnyOfTheirDatesAsOfOneVersion() {
    ViewDates one = dates(FIRST);
    ViewDates other = dates(SECOND);
    till.deliver("later", "2011-01-01T11:00:00Z", "north", 7).land();

    try (PinnedEvents pinned = PinnedEvents.of(lake.spark(), List.of(one, other))) {
      assertThat(pinned.of(one)).isSameAs(pinned.of(other));
      assertThat(ids(pinned.of(one))).containsExactly("a", "b", "c", "d");
      assertThat(ids(pinned.of(one).where("amount IS NOT NULL")))
          .as("of a date that only tells which deliveries count, no more is read than that")
          .containsExactly("a", "b", "c");
      assertThat(pinned.of(one).columns())
          .contains("event_id", "shop", "amount", "_landed_batch")
          .doesNotContain("_schema_id", "_rescued");
    }
  }

  @Test
  void whatWasReadIsKeptUntilItIsClosed() {
    ViewDates view = dates(FIRST);
    Dataset<Row> events;
    try (PinnedEvents pinned = PinnedEvents.of(lake.spark(), List.of(view))) {
      events = pinned.of(view);
      assertThat(events.storageLevel()).isEqualTo(StorageLevel.MEMORY_AND_DISK());
    }
    assertThat(events.storageLevel()).isEqualTo(StorageLevel.NONE());
  }

  @Test
  void toTakeTheDeliveriesThatCountOfWhatIsKeptTakesNoShuffle() {
    till.deliver("a", "2011-01-01T10:05:00Z", "north", 30).land();
    ViewDates view = dates(FIRST);
    try (PinnedEvents pinned = PinnedEvents.of(lake.spark(), List.of(view))) {
      Dataset<Row> counted =
          pinned
              .of(view)
              .withColumn("counts", DeliveryOrder.counts(Duration.ofDays(1), lit(true)))
              .where("counts");

      assertThat(ids(counted)).containsExactly("a", "b", "c");
      assertThat(aboveTheCache(counted)).contains("Window").doesNotContain("Exchange");
    }
  }

  /** The operators that ran on what is kept. */
  private static List<String> aboveTheCache(Dataset<Row> rows) {
    rows.collectAsList();
    String plan = rows.queryExecution().executedPlan().toString();
    return List.of(plan.split("InMemoryRelation")[0].split("\\W+"));
  }

  @Test
  void nothingIsKeptForAViewWithoutDates() {
    try (PinnedEvents pinned = PinnedEvents.of(lake.spark(), List.of(dates()))) {
      assertThat(pinned.has(dates())).isFalse();
    }
  }

  @Test
  void whatIsKeptDoesNotDoOnceMoreHasLanded() {
    try (PinnedEvents pinned = PinnedEvents.of(lake.spark(), List.of(dates(FIRST)))) {
      assertThat(pinned.has(dates(FIRST))).isTrue();
      till.deliver("later", "2011-01-01T11:00:00Z", "north", 7).land();
      assertThat(pinned.has(dates(FIRST))).isFalse();
    }
  }
}
