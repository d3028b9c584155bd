package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DriverReportTest {
  @Test
  void peopleAndMachinesReadTheSameMedians() {
    DriverReport report =
        new DriverReport(
            1_000,
            50,
            800,
            2,
            3,
            List.of(
                DriverReport.Row.of(
                    "landing",
                    List.of(
                        new TaskTimes.Took(9.5, 1.25, 2, 7, 800),
                        new TaskTimes.Took(8.5, 1.5, 3, 6, 1),
                        new TaskTimes.Took(10.5, 1.75, 4, 5, 800)))),
            List.of(
                new QueryBatches(
                    "the landing", 3, 0.5, 0.5, null, new TreeMap<>(Map.of("walCommit", 0.125)))));

    assertThat(report.text())
        .startsWith("1,000 partitions, 50 views, 800 tasks, 2 processors, medians of 3 rounds")
        .containsPattern("landing +9\\.500 +1\\.500 +3\\.000 +6\\.000 +800\\R")
        .containsPattern("the landing +3 +walCommit +0\\.125\\R");
    assertThat(report.json())
        .contains("\"own_seconds\":1.5", "\"task_cpu_seconds\":6.0", "\"walCommit\":0.125");
  }

  @Test
  void landingMakesTheTasksThatAreAskedFor() {
    assertThat(new DriverLoad(1_000, 50, 1_000).offsetsOfAPartition()).isEqualTo(100_000);
    assertThat(new DriverLoad(1_000, 50, 20).offsetsOfAPartition()).isEqualTo(2_000);
    assertThatThrownBy(() -> new DriverLoad(1_000, 50, 19))
        .hasMessageContaining("a task lands at most 50 partitions");
  }
}
