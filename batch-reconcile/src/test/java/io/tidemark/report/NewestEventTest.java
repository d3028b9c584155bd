package io.tidemark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.reconcile.Till;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NewestEventTest {
  private static final long FEW = 2;

  @TempDir Path folder;

  private static Optional<Instant> newest(TestLake lake, Till till) {
    LakeTable events = till.tables().events().get("events");
    return new NewestEvent(lake.spark(), events, "till.land.events", FEW).find();
  }

  @ParameterizedTest
  @EnumSource
  void itMayHaveLandedLongBeforeOthersOfItsDate(TableFormat format) {
    try (TestLake lake = TestLake.in(folder)) {
      Till till = Till.of(lake, format);
      assertThat(newest(lake, till)).isEmpty();

      till.deliver("a", "2011-01-02T20:05:00.123456Z", "north", 3).land();
      assertThat(newest(lake, till)).contains(Instant.parse("2011-01-02T20:05:00.123456Z"));

      for (int landing = 1; landing <= 5; landing++) {
        till.deliver("b" + landing, "2011-01-02T10:0" + landing + ":00Z", "north", 3).land();
      }
      assertThat(newest(lake, till))
          .as("older ones since")
          .contains(Instant.parse("2011-01-02T20:05:00.123456Z"));

      for (int landing = 1; landing <= 5; landing++) {
        till.deliver("c" + landing, "2011-01-01T10:0" + landing + ":00Z", "north", 3).land();
      }
      assertThat(newest(lake, till))
          .as("only older dates since")
          .contains(Instant.parse("2011-01-02T20:05:00.123456Z"));

      till.deliver("d", "2011-01-03T00:00:00Z", "north", 3).land();
      assertThat(newest(lake, till)).contains(Instant.parse("2011-01-03T00:00:00Z"));
    }
  }
}
