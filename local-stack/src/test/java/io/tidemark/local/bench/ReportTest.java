package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tidemark.local.replay.Share;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Totals SENT = new Totals(1_000_000, 3_000_000, 90_000);
  private static final Delivered DELIVERED = new Delivered(SENT, SENT);

  @Test
  void mediansAreTakenOverTheRoundsAndComparedWithPlainSpark() {
    Report report =
        report(
            Map.of(
                Contender.SPARK_LANDS_DELTA, rounds(SENT, 8, 20, 9),
                Contender.TIDEMARK_LANDS_DELTA, rounds(SENT, 3, 6, 2)));

    Result tidemark = result(report, Contender.TIDEMARK_LANDS_DELTA);
    assertThat(tidemark.wallSeconds()).isEqualTo(3);
    assertThat(tidemark.eventsPerSecond()).isEqualTo(333_333);
    assertThat(tidemark.cpuSecondsPerMillion()).isEqualTo(6);
    assertThat(tidemark.ratio()).isEqualTo(3, within(1e-9));
    assertThat(result(report, Contender.SPARK_LANDS_DELTA).ratio()).isNull();
  }

  @Test
  void theMedianOfAnEvenNumberOfRoundsLiesBetweenTheMiddleTwo() {
    Report report = report(Map.of(Contender.REFRESH, rounds(SENT, 1, 2, 4, 100)));

    assertThat(result(report, Contender.REFRESH).wallSeconds()).isEqualTo(3);
  }

  @Test
  void aContenderThatLostOnePurchaseInOnePassDoesNotCount() {
    Totals less = new Totals(999_999, 3_000_000, 90_000);
    Measurement wrong = measurement(1, List.of(List.of(SENT), List.of(less)));
    Report report = report(Map.of(Contender.REFRESH, List.of(measurement(1, SENT), wrong)));

    assertThat(report.counts()).isFalse();
    assertThat(report.table()).contains("does not count");
  }

  @Test
  void machinesReadTheSameNumbers() {
    Report report = report(Map.of(Contender.TIDEMARK_LANDS_ICEBERG, rounds(SENT, 4)));

    assertThat(report.json())
        .contains("\"records\":1000000")
        .contains("\"contender\":\"Tidemark, landing to Iceberg\"")
        .contains("\"events_per_second\":250000")
        .contains("\"times_plain_spark\":null");
  }

  private static Report report(Map<Contender, List<Measurement>> measured) {
    Workload workload =
        new Workload(1_000_000, Share.NONE, 3, List.copyOf(measured.keySet()), List.of());
    return Report.of(workload, DELIVERED, measured, Map.of());
  }

  private static Result result(Report report, Contender contender) {
    return report.contenders().stream()
        .filter(result -> result.contender().equals(contender.label()))
        .findFirst()
        .orElseThrow();
  }

  private static List<Measurement> rounds(Totals totals, int... wallSeconds) {
    return IntStream.of(wallSeconds).mapToObj(wall -> measurement(wall, totals)).toList();
  }

  private static Measurement measurement(int wallSeconds, Totals totals) {
    return measurement(wallSeconds, List.of(List.of(totals), List.of(totals)));
  }

  /** It used both processors all the time. */
  private static Measurement measurement(int wallSeconds, List<List<Totals>> totals) {
    Usage usage = new Usage(Duration.ofSeconds(wallSeconds), Duration.ofSeconds(2L * wallSeconds));
    return new Measurement(usage, usage, totals);
  }
}
