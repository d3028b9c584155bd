package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.ops.EndedRun;
import io.tidemark.ops.Operations;
import io.tidemark.pipeline.Environment;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TestLake;
import io.tidemark.table.session.Lake;
import io.tidemark.upkeep.MaintainRun;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maintenance that a stream does itself. */
class StreamUpkeepIT {
  private static final Instant NOW = Instant.parse("2024-05-03T09:00:00Z");

  @TempDir private Path folder;
  private TestLake lake;
  private Rides rides;

  @BeforeEach
  void open() throws Exception {
    lake = TestLake.in(folder);
    rides = new Rides(folder, lake);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void tablesAreMaintainedBesideTheStreamUntilItEnds() throws Exception {
    for (int batch = 0; batch < 12; batch++) {
      rides.send("ride-" + batch, "Zoo", NOW.toEpochMilli(), NOW.toEpochMilli() * 1000, false);
      rides.land(NOW);
    }
    long rows = ledger().read(lake.spark()).count();
    StreamUpkeep upkeep =
        StreamUpkeep.start(lake.spark(), this::run, Duration.ZERO, Duration.ofMillis(1));
    try (upkeep) {
      await().atMost(Duration.ofMinutes(3)).until(() -> runs().size() >= 2);
    }

    List<EndedRun> ended = runs();
    assertThat(ended).extracting(EndedRun::exitCode).containsOnly(0);
    assertThat(ended.get(0).outcome()).isEqualTo("maintained");
    assertThat(ledger().read(lake.spark()).count()).isEqualTo(rows);
    assertThat(rides.tables().operations().maintenance().last(lake.spark(), "compact"))
        .containsKey("ops.ledger");
    rides.send("next", "Zoo", NOW.toEpochMilli(), NOW.toEpochMilli() * 1000, false);
    rides.land(NOW);
    assertThat(runs()).as("it ends with the stream").isEqualTo(ended);
  }

  private List<EndedRun> runs() {
    return rides.tables().operations().runs().list(lake.spark(), MaintainRun.VERB, "rides");
  }

  private LakeTable ledger() {
    return Lake.of(lake.spark())
        .find(Operations.LEDGER.table(rides.tables().pipeline().operations()))
        .orElseThrow();
  }

  private MaintainRun run() {
    return new MaintainRun(
        lake.spark(),
        rides.tables(),
        new Environment(
            "127.0.0.1:9",
            folder.resolve("registry").toUri(),
            lake.warehouse().toUri(),
            lake.checkpoints().toUri(),
            TestLake.catalog(folder),
            Map.of(),
            Map.of()),
        Clock.systemUTC(),
        Optional.empty());
  }
}
