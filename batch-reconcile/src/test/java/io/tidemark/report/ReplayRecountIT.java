package io.tidemark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.Ledger;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.ReplayedSpan;
import io.tidemark.reconcile.Till;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A recount before, between and after the writes of a replay of dead letters. */
class ReplayRecountIT {
  private static final Instant NOW = Instant.parse("2011-01-05T00:00:00Z");

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

  @Test
  void agreesAtEveryMomentAndNotIfAnEventIsGone() {
    Till till =
        Till.allIn(lake, TableFormat.ICEBERG, Till.SQL.formatted("'1 hour'"))
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3);
    till.land();
    Ledger ledger = till.tables().operations().ledger();
    ledger.append(
        lake.spark(),
        "till",
        List.of(new LedgerSpan("sales", 0, 0, 2, 1, 1, 0)),
        NOW,
        new Commit("till.land.events", 0));
    LakeTable dead = till.tables().operations().deadLetters();
    dead.append(
        lake.spark()
            .sql(
                """
                SELECT 'till' AS pipeline, 'till.land.events' AS query, 0L AS batch, 'sales' AS topic, 0 AS partition,
                1L AS offset, 'schema' AS stage, 'unknown-schema-id' AS reason, current_timestamp() AS landed_at"""),
        new Commit("till.land.events", 0));
    assertThat(recounted(till)).as("before").isEmpty();

    till.replaying().deliver("b", "2011-01-01T10:06:00Z", "north", 3).land();
    assertThat(recounted(till)).as("events").isEmpty();

    dead.update(
        lake.spark()
            .sql(
                """
                SELECT 'sales' AS topic, 0 AS partition, 1L AS offset, current_timestamp() AS replayed_at,
                'run' AS replayed_by, 1L AS replayed_batch"""),
        List.of("topic", "partition", "offset"),
        "present.replayed_at IS NULL");
    assertThat(recounted(till)).as("marks").isEmpty();

    ledger.append(
        lake.spark(),
        "till",
        List.of(new ReplayedSpan("sales", 0, 1, 1)),
        1,
        NOW,
        new Commit("till.replay.events", 0));
    assertThat(recounted(till)).as("ledger").isEmpty();
    assertThat(ledger.balance(lake.spark(), "till").totals())
        .containsExactly(new LedgerSpan("sales", 0, 0, 2, 2, 0, 0));

    lake.spark().sql("DELETE FROM lake.till.events WHERE event_id = 'b'");
    assertThat(recounted(till))
        .containsExactly(
            "sales-0: the ledger has 2 events and 0 dead letters, but the tables have 1 and 0");
  }

  private List<String> recounted(Till till) {
    return StatusReport.of(lake.spark(), till.tables(), Optional.empty(), true, NOW).problems();
  }
}
