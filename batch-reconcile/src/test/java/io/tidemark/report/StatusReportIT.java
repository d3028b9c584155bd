package io.tidemark.report;

import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.LedgerSpan;
import io.tidemark.pipeline.Environment;
import io.tidemark.reconcile.Till;
import io.tidemark.table.Commit;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusReportIT {
  private static final Instant NOW = Instant.parse("2011-01-05T00:00:00Z");

  @TempDir private Path folder;
  private TestLake lake;
  private Till till;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    till =
        Till.of(lake, TableFormat.ICEBERG)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-02T10:05:00Z", "north", 4)
            .land()
            .refresh(null, "2011-01-03T00:00:00Z")
            .show(row("2011-01-01T10:00:00Z", "north", 1, 3));
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private void ledger(long events) {
    till.tables()
        .operations()
        .ledger()
        .append(
            lake.spark(),
            "till",
            List.of(new LedgerSpan("sales", 0, 0, 2, events, 2 - events, 0)),
            NOW,
            new Commit("till.land.events", 0));
  }

  private StatusReport status(Optional<Environment> environment, boolean recount) {
    return StatusReport.of(lake.spark(), till.tables(), environment, recount, NOW);
  }

  @Test
  void showsHowFarAViewIsProven() {
    ledger(2);
    till.reconcileClosed();
    // Finds nothing to do, and does not hide what was found before.
    till.reconcileDirty();
    till.deliver("late", "2011-01-02T10:06:00Z", "north", 4)
        .deliver("early", "2011-01-03T01:00:00Z", "north", 4)
        .land();

    StatusReport status = status(Optional.empty(), false);

    ViewStatus view = status.views().get(0);
    assertThat(view.rows()).isEqualTo(2);
    assertThat(view.newestEvent()).isEqualTo("2011-01-03T02:00:00Z");
    assertThat(view.agreedBeforeRepair()).isEqualTo(0.5);
    assertThat(view.agreedAfterRepair()).isEqualTo(1);
    assertThat(view.tidemark()).isEqualTo(FIRST);
    assertThat(view.lastClosed()).isEqualTo(FIRST.plusDays(1));
    assertThat(view.open()).containsExactly(FIRST.plusDays(2));
    assertThat(view.sealed()).isEqualTo(2);
    assertThat(view.unsealed()).isZero();
    assertThat(view.dirty()).containsExactly(FIRST.plusDays(1));
    assertThat(status.topics())
        .containsExactly(
            new TopicStatus(
                "sales", null, 2, null, 2, 0, 0, 0, Instant.parse("2011-01-03T01:00:00Z")));
    assertThat(status.text())
        .contains(
            "The ledger balances.",
            "2011-01-03T02:00:00Z",
            "sales: 2011-01-02 is dirty. Repair it: ./tidemark reconcile --view sales",
            "50.00 %");
    assertThat(status.json())
        .contains("\"ledger_balanced\":true", "\"tidemark\":\"2011-01-01\"", "\"lag\":null");
  }

  @Test
  void theNewestEventIsAsTheRefreshHasSeenIt() {
    till.newestEvent("2011-01-03T00:30:00Z").refresh(null, "2011-01-03T00:00:00Z");

    assertThat(status(Optional.empty(), false).views().get(0).newestEvent())
        .isEqualTo("2011-01-03T00:30:00Z");
  }

  @Test
  void whatTheStreamHasNotCountedIsThatOfItsLastCheckpoint() {
    till.late(3).refresh(null, "2011-01-03T00:00:00Z");
    till.late(4).refresh(null, "2011-01-03T00:00:00Z");

    ViewStatus view = till.status();

    assertThat(view.late()).isEqualTo(7);
    assertThat(view.dropped()).isZero();
    assertThat(status(Optional.empty(), false).text()).contains("late", "dropped");
  }

  @Test
  void thePipelinesOfALakeAreListedWithoutTheirFiles() {
    assertThat(LakePipelines.of(lake.spark()).text(NOW))
        .isEqualTo("Nothing has landed in this lake yet.");
    ledger(1);
    till.tables()
        .operations()
        .ledger()
        .append(
            lake.spark(),
            "other",
            List.of(new LedgerSpan("rides", 0, 0, 2, 2, 0, 0)),
            NOW,
            new Commit("other.land.rides", 0));
    till.reconcileClosed();
    till.finality().publish();

    LakePipelines found = LakePipelines.of(lake.spark());

    assertThat(found.pipelines())
        .satisfiesExactly(
            other ->
                assertThat(other)
                    .isEqualTo(new LakePipelines.OfPipeline("other", 2, 0, NOW, 0, null, null)),
            sales -> {
              assertThat(sales.pipeline()).isEqualTo("till");
              assertThat(sales.deadLetters()).isEqualTo(1);
              assertThat(sales.views()).isEqualTo(1);
              assertThat(sales.tidemark()).isEqualTo(FIRST.plusDays(1));
            });
    assertThat(found.text(NOW)).contains("other", "0s ago");
    assertThat(found.json()).startsWith("{\"pipelines\":[{\"pipeline\":\"other\",\"events\":2,");
  }

  @Test
  void aViewThatHasSeenNoEventShowsNeitherANewestOneNorAWatermark() {
    ViewStatus view = till.refresh(null, Instant.EPOCH.toString()).status();

    assertThat(view.refreshedAt()).isNotNull();
    assertThat(view.newestEvent()).isNull();
    assertThat(view.watermark()).isNull();
  }

  @Test
  void aRecountFindsWhatTheLedgerHidesAndTheSumsDoNot() {
    ledger(1);

    assertThat(status(Optional.empty(), false).ledgerBalanced()).isTrue();
    StatusReport recounted = status(Optional.empty(), true);
    assertThat(recounted.ledgerBalanced()).isFalse();
    assertThat(recounted.problems())
        .containsExactly(
            "sales-0: the ledger has 1 events and 1 dead letters, but the tables have 2 and 0");
  }

  @Test
  void tellsForEverWhatWasGoneBeforeItCouldBeLanded() {
    till.tables()
        .operations()
        .ledger()
        .append(
            lake.spark(),
            "till",
            List.of(new LedgerSpan("sales", 0, 25, 28, 1, 0, 0, 2)),
            NOW,
            new Commit("till.land.events", 0));

    StatusReport status = status(Optional.empty(), false);

    assertThat(status.topics())
        .containsExactly(
            new TopicStatus(
                "sales", null, 28, null, 1, 0, 0, 27, Instant.parse("2011-01-02T10:05:00Z")));
    assertThat(status.text())
        .contains(
            "sales-0: the offsets [0, 27), 27 in all, are lost: they were gone before the first");
    assertThat(status.json()).contains("\"lost\":27", "\"losses\":[{\"topic\":\"sales\"");
  }

  @Test
  void saysWhatIsGoneBeforeItWasLanded() {
    assertThat(
            TopicStatus.gone(
                List.of(
                    new LedgerSpan("sales", 0, 0, 5, 5, 0, 0),
                    new LedgerSpan("sales", 1, 0, 5, 5, 0, 0)),
                List.of(
                    new TopicOffsets.Span("sales", 0, 8, 15),
                    new TopicOffsets.Span("sales", 1, 5, 9),
                    new TopicOffsets.Span("sales", 2, 3, 9))))
        .singleElement()
        .asString()
        .startsWith("sales-0: offsets [5, 8) were gone before they landed");
  }

  @Test
  void aBrokerThatDoesNotAnswerHidesNothingElse() {
    ledger(2);
    Environment nowhere =
        new Environment(
            "nowhere.invalid:9092",
            URI.create("https://reader:secret@schemas.invalid/apis"),
            folder.toUri(),
            folder.toUri(),
            Map.of(),
            Map.of(),
            Map.of());

    StatusReport status = status(Optional.of(nowhere), true);

    assertThat(status.problems())
        .singleElement()
        .asString()
        .startsWith("Cannot ask nowhere.invalid:9092 for the offsets of [sales]")
        .contains("Start the broker");
    assertThat(status.text())
        .contains("Kafka at nowhere.invalid:9092, schemas at https://schemas.invalid/apis");
    assertThat(status.json()).doesNotContain("secret");
    assertThat(status.ledgerBalanced()).isTrue();
    assertThat(status.views()).hasSize(1);
  }
}
