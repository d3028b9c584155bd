package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GrowthReportTest {
  @Test
  void peopleAndMachinesReadTheSameNumbers() {
    GrowthReport report =
        new GrowthReport(
            2_000,
            100,
            2,
            List.of(
                GrowthReport.Row.of(
                    true,
                    2_000,
                    new Costs(0.5, null, 0.25),
                    new LakeFiles(1_234, 2_048, 7, 10_240),
                    Duration.ofMillis(4_250))));

    assertThat(report.text())
        .startsWith("2,000 landing commits with 100 events a second, 2 processors")
        .containsPattern("2,000 +yes +0\\.50 +- +0\\.25 +1,234 +2 +7 +10 +4\\.[23]\\R");
    assertThat(report.json())
        .contains("\"maintained\":true", "\"refresh_seconds\":null", "\"status_seconds\":4.25");
  }

  @Test
  void aStreamIsLookedAtAfterAFortiethAQuarterAndAllOfItsCommits() {
    assertThat(new Commits(2_000, 100).marks()).containsExactly(50, 500, 2_000);
    assertThat(new Commits(2_000, 100).window()).isEqualTo(25);
    assertThat(new Commits(80, 1).marks()).containsExactly(2, 20, 80);
    assertThat(new Commits(80, 1).window()).isEqualTo(1);
  }
}
