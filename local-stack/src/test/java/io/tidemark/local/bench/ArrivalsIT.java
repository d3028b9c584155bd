package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrivalsIT {
  @TempDir private Path folder;

  @Test
  void anEventWaitsFromItsTimeInKafkaUntilTheRefreshThatReadItsLandingWasWritten() {
    try (TestLake lake = TestLake.in(folder)) {
      List<Row> arrivals = Arrivals.of(events(lake.spark()), read(lake.spark())).collectAsList();

      assertThat(ViewFreshness.of("sales", arrivals))
          .isEqualTo(new ViewFreshness("sales", 4, 2, 1, 2.5, 4.0, 4.0, 4.0));
      assertThat(ViewFreshness.sizes(arrivals)).containsExactlyInAnyOrder(5L, 1L);
    }
  }

  /** Two landings that one refresh has read, one that the next has, and one that none has. */
  private static Dataset<Row> events(SparkSession spark) {
    return spark.sql(
        """
        SELECT _landed_batch, timestamp_millis(_timestamp) AS _timestamp,
          timestamp_millis(event_time) AS event_time
        FROM VALUES
          (0, 1000, 1000),
          (0, 2500, 2500),
          (0, 2600, 500),
          (1, 3000, 3000),
          (1, 3000, 900000),
          (2, 5500, 500),
          (3, 6000, 6000)
          AS events(_landed_batch, _timestamp, event_time)
        """);
  }

  /** As ops.refreshes has it: the first refresh dropped what was late or ahead of the clock. */
  private static Dataset<Row> read(SparkSession spark) {
    return spark.sql(
        """
        SELECT landed_batch, timestamp_millis(late_at) AS late_at,
          timestamp_millis(ahead_at) AS ahead_at,
          named_struct('refreshed_at', timestamp_millis(refreshed_at), 'batch', batch) AS refresh
        FROM VALUES
          (0, 500, 800000, 5000, 10L),
          (1, 500, 800000, 5000, 10L),
          (2, NULL, NULL, 8000, 11L)
          AS read(landed_batch, late_at, ahead_at, refreshed_at, batch)
        """);
  }
}
