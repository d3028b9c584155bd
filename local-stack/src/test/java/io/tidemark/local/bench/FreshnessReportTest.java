package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FreshnessReportTest {
  private static final ViewFreshness READ =
      new ViewFreshness("by_hour", 120_000, 3, 0, 1.5, 2.25, 2.5, 3.0);

  @Test
  void peopleAndMachinesReadTheSameNumbers() {
    FreshnessReport report = report(180_000, READ);

    assertThat(report.counts()).isTrue();
    assertThat(report.text())
        .contains("1,000 events a second for 120.0 s, 2 processors")
        .containsPattern("by_hour +1\\.50 +2\\.25 +2\\.50 +3\\.00 +120,000 +3\\R")
        .containsPattern("shop\\.land\\.lines +2 +0\\.40 +0\\.90 +500\\R")
        .contains("used 90.0 s of processor time, and all that ran on the machine 200.0 of 240.0 s")
        .doesNotContain("does not count");
    assertThat(report.json())
        .contains("\"view\":\"by_hour\"", "\"p95_seconds\":2.25", "\"left_out\":3")
        .contains("\"parts_p50_seconds\":{\"addBatch\":0.3}");
  }

  @Test
  void itDoesNotCountIfAnEventIsMissingOrUnread() {
    assertThat(report(179_999, READ).counts()).isFalse();
    assertThat(
            report(180_000, new ViewFreshness("by_hour", 0, 120_000, 0, null, null, null, null))
                .counts())
        .as("all were left out")
        .isFalse();
    FreshnessReport unread =
        report(180_000, new ViewFreshness("by_hour", 119_999, 0, 1, 1.5, 2.25, 2.5, 3.0));
    assertThat(unread.counts()).isFalse();
    assertThat(unread.text()).contains("This does not count: ").contains("and not read [1]");
  }

  private static FreshnessReport report(long landed, ViewFreshness view) {
    QueryBatches landing =
        QueryBatches.of("shop.land.lines", List.of(batch(400), batch(900)), List.of(700L, 500L));
    return new FreshnessReport(
        1_000, 120, 2, 180_000, landed, 90, 200, List.of(view), List.of(landing));
  }

  private static QueryNotes.Batch batch(long millis) {
    return new QueryNotes.Batch(
        "shop.land.lines",
        Instant.EPOCH,
        Duration.ofMillis(millis),
        Map.of("addBatch", millis - 100),
        Duration.ZERO);
  }
}
