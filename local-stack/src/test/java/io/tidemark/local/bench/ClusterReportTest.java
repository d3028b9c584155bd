package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ClusterReportTest {
  private static final Totals SENT = new Totals(1_000_000, 3_000_000, 90_000);
  private static final Delivered DELIVERED = new Delivered(SENT, SENT);
  private static final ClusterLoad LOAD = new ClusterLoad(1_000_000, 3, List.of(2, 1), 200_000);

  @Test
  void eachRowIsTheRoundOfTheMedianWallTime() {
    ClusterRow two = report(SENT).rows().get(1);

    assertThat(two.workers()).isEqualTo(2);
    assertThat(two.wallSeconds()).isEqualTo(5);
    assertThat(two.rounds()).containsExactly(4.0, 5.0, 9.0);
    assertThat(two.eventsPerSecond()).isEqualTo(200_000);
    assertThat(two.efficiency()).isEqualTo(8.0 / (2 * 5), within(1e-9));
    assertThat(two.taskEfficiency()).isEqualTo(1);
    assertThat(two.executorCpuSecondsPerMillion()).isEqualTo(7);
    assertThat(two.driverCpuSecondsPerMillion()).isEqualTo(2);
    assertThat(two.otherCpuSecondsPerMillion()).isEqualTo(1);
  }

  @Test
  void itsPartsAreAllThatTheWorkersHadToGive() {
    ClusterRow two = report(SENT).rows().get(1);

    assertThat(two.parts().stream().mapToDouble(ClusterRow.Part::coreSeconds).sum())
        .isEqualTo(2 * 5, within(1e-9));
    assertThat(two.parts())
        .contains(
            new ClusterRow.Part("tasks compute", 4),
            new ClusterRow.Part("tasks wait otherwise", 1.25),
            new ClusterRow.Part("a job, and no task for the core", 2),
            new ClusterRow.Part("no job: a commit to a table", 1.5),
            new ClusterRow.Part("no job: plans and code", 0.5));
  }

  @Test
  void peopleReadWhatDoesNotScale() {
    assertThat(report(SENT).text())
        .containsPattern("landing to Delta +2 +5\\.00 +4\\.00 +9\\.00 +200,000 +0\\.80 +1\\.00")
        .containsPattern("tasks compute +4\\.00 +50\\.0 % +4\\.00 +40\\.0 %")
        .contains("no job runs for 13 % of the time, 1.00 s a batch", "at most 8.0 times as fast")
        .containsPattern("addBatch +0\\.125 +0\\.125\\R")
        .doesNotContain("does not count");
    assertThat(report(SENT).json())
        .contains("\"task_efficiency\":1.0", "\"core_seconds\":1.5", "\"shuffle_bytes\":1000");
  }

  @Test
  void aTableThatLacksAPurchaseDoesNotCount() {
    ClusterReport report = report(new Totals(999_999, 3_000_000, 90_000));

    assertThat(report.counts()).isFalse();
    assertThat(report.faults())
        .hasSize(3)
        .allMatch(fault -> fault.startsWith("Tidemark, refresh of landed events, workers: 2: "))
        .allMatch(fault -> fault.contains("purchases=999999"));
    assertThat(report.text()).contains("This does not count:").contains(report.faults());
  }

  @Test
  void moreWorkersThanProcessorsAreRefused() {
    assertThatThrownBy(() -> LOAD.requireProcessors(1))
        .hasMessageStartingWith("Cannot measure 2 workers on 1 processors: ");
    LOAD.requireProcessors(2);
  }

  private static ClusterReport report(Totals view) {
    return ClusterReport.of(
        LOAD,
        DELIVERED,
        Map.of(
            1, Stream.of(8.0, 8.5, 7.0).map(wall -> round(1, wall, SENT)).toList(),
            2, Stream.of(5.0, 9.0, 4.0).map(wall -> round(2, wall, view)).toList()));
  }

  private static ClusterMeasurement round(int workers, double wall, Totals view) {
    ClusterTook took =
        new ClusterTook(
            workers,
            wall,
            2,
            7,
            10,
            Map.of(DriverTime.COMMIT, 0.75, DriverTime.PLAN, 0.25),
            new TaskSums(12, 0, 6, 4, 0.5, 0.25, 0.1, 1_000),
            List.of(
                new QueryNotes.Batch(
                    "query",
                    Instant.EPOCH,
                    Duration.ofMillis(150),
                    Map.of("addBatch", 125L),
                    Duration.ZERO)));
    return new ClusterMeasurement(
        Map.of(Contender.TIDEMARK_LANDS_DELTA, took, Contender.REFRESH, took),
        Map.of(
            Contender.TIDEMARK_LANDS_DELTA,
            Arrays.asList(List.of(SENT), List.of(SENT)),
            Contender.REFRESH,
            Arrays.asList(List.of(SENT), List.of(view))));
  }
}
