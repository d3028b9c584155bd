package io.tidemark.forget;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.landing.ErasedRecords;
import io.tidemark.ops.DateStates.Dirty;
import io.tidemark.ops.Erased;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.RetailCopy;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ForgetReportTest {
  private static final LocalDate FIRST = LocalDate.parse("2010-12-01");
  private static final Erased.By RUN = new Erased.By("r1", "request 77", "me", Instant.EPOCH);

  private static ForgetReport report(
      Optional<Erased.By> by, SortedSet<LocalDate> dates, Dirty... dirty) {
    return new ForgetReport(
        "retail",
        List.of("by_day", "by_hour"),
        PipelineFile.read(RetailCopy.ORIGINAL).maintenance(),
        by,
        Map.of("retail.events", new ErasedRecords(106, dates, 1, 0, 0, 0)),
        Map.of(),
        List.of(dirty));
  }

  private static SortedSet<LocalDate> dates(int count, int apart) {
    return new TreeSet<>(Stream.iterate(FIRST, d -> d.plusDays(apart)).limit(count).toList());
  }

  private static Dirty dirty(String view, LocalDate date) {
    return new Dirty(view, date, "erased", Instant.EPOCH, "before");
  }

  @Test
  void aTrialNamesTheDates() {
    assertThat(report(Optional.empty(), dates(2, 23)).text())
        .isEqualTo(
            "retail.events: 106 events (on 2010-12-01 and 2010-12-24) and 1 dead letter would be erased");
    assertThat(report(Optional.empty(), dates(12, 1)).text())
        .contains("2010-12-09, 2010-12-10 and 2 more)")
        .doesNotContain("2010-12-11");
  }

  @Test
  void ifEveryViewIsConcernedOneCommandRepairsAll() {
    assertThat(
            report(
                    Optional.of(RUN),
                    dates(1, 1),
                    dirty("by_day", FIRST),
                    dirty("by_hour", FIRST),
                    dirty("by_hour", FIRST.plusDays(23)))
                .text()
                .lines()
                .limit(4))
        .containsExactly(
            "retail.events: 106 events (on 2010-12-01) and 1 dead letter erased (run r1)",
            "by_day: 2010-12-01 counts erased events.",
            "by_hour: 2010-12-01 and 2010-12-24 count erased events.",
            "Repair them: ./tidemark reconcile");
  }

  @Test
  void ifSomeViewsAreConcernedEachHasItsCommand() {
    assertThat(report(Optional.of(RUN), dates(1, 1), dirty("by_day", FIRST)).text().lines())
        .contains(
            "by_day: 2010-12-01 counts erased events. Repair it: ./tidemark reconcile --view by_day");
  }
}
