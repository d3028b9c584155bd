package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.DateState;
import io.tidemark.ops.DateState.State;
import io.tidemark.status.FinalityTables;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the lake says of a sealed date while the stream lands more. */
class FinalityWatchIT {
  private static final LocalDate SEALED = LocalDate.parse("2024-05-01");
  private static final Instant NOW = Instant.parse("2024-05-03T09:00:00Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

  @TempDir private Path folder;
  private TestLake lake;
  private Rides rides;
  private FinalityWatch watch;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.in(folder);
    rides = new Rides(folder, lake);
    watch = new FinalityWatch(new FinalityTables(lake.spark(), rides.tables(), CLOCK), CLOCK);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private void land(String id, String time) throws IOException {
    Instant at = Instant.parse(time);
    rides.send(id, "Zoo", at.toEpochMilli(), NOW.toEpochMilli() * 1000, false);
    rides.land(NOW, dates -> watch.landed("rides", dates));
  }

  private DateState sealedDate() {
    return rides
        .tables()
        .operations()
        .dates()
        .read(lake.spark(), "rides")
        .get("rides_by_hour")
        .get(SEALED);
  }

  private Optional<LocalDate> tidemark() {
    return rides.tables().operations().tidemarks().read(lake.spark(), "rides").get("rides_by_hour");
  }

  private long said() {
    return rides.dates().version();
  }

  @Test
  void aSealedDateIsDirtyAsSoonAsAnEventThatCountsHasLandedOnItAndNothingElseCostsACommit()
      throws Exception {
    watch.look();
    assertThat(rides.tables().operations().dates().read(lake.spark(), "rides")).isEmpty();
    land("a", "2024-05-01T10:00:00Z");
    land("b", "2024-05-02T10:00:00Z");
    rides.refresh("checkpoint", NOW);
    rides.reconcile(NOW);
    watch.look();
    assertThat(sealedDate().state()).isEqualTo(State.SEALED);
    assertThat(tidemark()).contains(SEALED);
    long version = said();

    land("a", "2024-05-01T10:00:00Z");
    land("c", "2024-05-02T11:00:00Z");
    watch.lookIfLanded();
    assertThat(said()).as("a duplicate, and a date that is open").isEqualTo(version);

    land("late", "2024-05-01T11:00:00Z");
    watch.lookIfLanded();
    assertThat(sealedDate().change())
        .contains(
            new DateState.Change("late", Optional.of("rides.land.rides"), OptionalLong.of(4)));
    assertThat(tidemark()).isEmpty();
    assertThat(rides.status(NOW).dirty()).containsExactly(SEALED);
    version = said();

    land("later", "2024-05-01T12:00:00Z");
    watch.lookIfLanded();
    assertThat(said()).as("it is dirty already").isEqualTo(version);

    // Sealed again; then the application is killed after an event has landed.
    rides.reconcile(NOW);
    assertThat(sealedDate().state()).isEqualTo(State.SEALED);
    assertThat(tidemark()).contains(SEALED);
    land("last", "2024-05-01T13:00:00Z");
    assertThat(sealedDate().state()).isEqualTo(State.SEALED);

    new FinalityWatch(new FinalityTables(lake.spark(), rides.tables(), CLOCK), CLOCK).lookIfDue();

    assertThat(sealedDate().state()).as("the next start says it").isEqualTo(State.DIRTY);
    assertThat(tidemark()).isEmpty();
  }
}
