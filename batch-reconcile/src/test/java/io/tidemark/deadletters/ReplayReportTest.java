package io.tidemark.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.landing.ReplayedRecords;
import io.tidemark.ops.DateStates.Dirty;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReplayReportTest {
  private static final LocalDate FIRST = LocalDate.parse("2024-05-01");
  private static final ReplayedRecords SOME =
      new ReplayedRecords(
          1_200,
          new TreeMap<>(Map.of("malformed", 1L, "bad-magic", 2L)),
          2,
          new TreeSet<>(List.of(FIRST, FIRST.plusDays(3))),
          1);

  private static ReplayReport report(
      Optional<String> run, ReplayedRecords records, Dirty... dirty) {
    return new ReplayReport("web", run, Map.of("web.clicks", records), List.of(dirty));
  }

  private static Dirty dirty(LocalDate date) {
    return new Dirty("clicks_by_hour", date, "replayed", Instant.EPOCH, "before");
  }

  @Test
  void saysWhatBecameOfEachDeadLetterAndWhatToDoNext() {
    ReplayReport report = report(Optional.of("r1"), SOME, dirty(FIRST), dirty(FIRST.plusDays(3)));

    assertThat(report.text().lines())
        .containsExactly(
            "web.clicks: 1,200 dead letters became events, from 2024-05-01 to 2024-05-04 (run r1)",
            "web.clicks: 1 dead letter had landed in a run that was killed; recorded now",
            "web.clicks: 3 dead letters still refused (2 bad-magic, 1 malformed). Why: ./tidemark"
                + " dead-letters list",
            "web.clicks: 2 dead letters skipped: the topic was re-created, and several records share"
                + " an offset",
            "clicks_by_hour: 2 dates from 2024-05-01 on lack replayed events. Repair them:"
                + " ./tidemark reconcile --view clicks_by_hour");
    assertThat(report.outcome()).isEqualTo("replayed");
    assertThat(report.json())
        .startsWith("{\"outcome\":\"replayed\",\"exit_code\":0,\"run\":\"r1\"")
        .contains("\"landed\":1200,\"recorded\":1,\"refused\":{\"bad-magic\":2,\"malformed\":1}")
        .contains("{\"view\":\"clicks_by_hour\",\"date\":\"2024-05-04\",\"reason\":\"replayed\"}");
  }

  @Test
  void aTrialSaysWhatWouldBecomeAnEvent() {
    ReplayedRecords one =
        new ReplayedRecords(1, new TreeMap<>(), 0, new TreeSet<>(List.of(FIRST)), 0);

    assertThat(report(Optional.empty(), one).text())
        .isEqualTo("web.clicks: 1 dead letter would land, on 2024-05-01");
  }

  @Test
  void recordsOfADimensionLandOnNoDate() {
    ReplayedRecords one = new ReplayedRecords(2, new TreeMap<>(), 0, new TreeSet<>(), 0);
    Dirty dirty = new Dirty("clicks_by_hour", FIRST, "dimension", Instant.EPOCH, "before");

    assertThat(report(Optional.empty(), one).text())
        .isEqualTo("web.clicks: 2 dead letters would land");
    assertThat(report(Optional.of("r1"), one, dirty).text().lines())
        .containsExactly(
            "web.clicks: 2 dead letters landed (run r1)",
            "clicks_by_hour: 2024-05-01 was counted before a dimension changed. Repair it:"
                + " ./tidemark reconcile --view clicks_by_hour");
  }

  @Test
  void nothingToDoIsSaid() {
    ReplayReport report = report(Optional.of("r1"), ReplayedRecords.none(0), dirty(FIRST));

    assertThat(report.outcome()).isEqualTo("nothing");
    assertThat(report.text().lines())
        .containsExactly(
            "Pipeline web has no such dead letters.",
            "clicks_by_hour: 2024-05-01 lacks replayed events. Repair it: ./tidemark reconcile"
                + " --view clicks_by_hour");
  }
}
