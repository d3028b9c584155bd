package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;

import io.tidemark.lake.EditWatch;
import io.tidemark.ops.Operations;
import io.tidemark.pipeline.QualityAnomaly;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityCheck.Level;
import io.tidemark.pipeline.QualityCheck.Scope;
import io.tidemark.pipeline.QualityRule;
import io.tidemark.pipeline.QualityRule.Kind;
import io.tidemark.status.Gates;
import io.tidemark.status.HeldBack;
import io.tidemark.status.ViewFinality;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** A {@link Till} with a gate, whose answers a test writes as the checks' own program would. */
final class GatedTill {
  static final LocalDate SECOND = FIRST.plusDays(1);

  /** Nine of ten sales must name a shop. */
  static final QualityCheck SHOP = completeness("0.9");

  private final TestLake lake;
  private int checked;

  GatedTill(TestLake lake) {
    this.lake = lake;
  }

  static QualityCheck completeness(String atLeast) {
    return completeness("till.events", atLeast);
  }

  static QualityCheck completeness(String table, String atLeast) {
    return new QualityCheck(
        table,
        "a shop",
        new QualityRule(
            Kind.COMPLETENESS,
            List.of("shop"),
            List.of(),
            "",
            Optional.empty(),
            Optional.empty(),
            "",
            List.of()),
        Optional.of(new BigDecimal(atLeast)),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Scope.DATE,
        Level.ERROR,
        true,
        1);
  }

  /** As many sales as on the date before, or twice as many. */
  static QualityCheck steady() {
    return new QualityCheck(
        "till.events",
        "steady",
        new QualityRule(
            Kind.SIZE, List.of(), List.of(), "", Optional.empty(), Optional.empty(), "", List.of()),
        Optional.empty(),
        Optional.empty(),
        Optional.of(
            new QualityAnomaly(
                QualityAnomaly.By.DATE,
                5,
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new BigDecimal("2")))),
        Optional.empty(),
        Scope.DATE,
        Level.ERROR,
        true,
        1);
  }

  /** Two dates that are over, the first with a row of the view that is wrong. */
  Till till(String window) {
    return Till.gated(lake, TableFormat.DELTA, Till.SQL.formatted(window), List.of(SHOP))
        .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
        .deliver("b", "2011-01-02T10:05:00Z", "north", 5)
        .deliver("c", "2011-01-04T00:05:00Z", "north", 7)
        .land()
        .refresh(null, "2011-01-03T00:00:00Z")
        .show(row("2011-01-01T10:00:00Z", "north", 1, 99));
  }

  Till till() {
    return till("'1 hour'");
  }

  /** Why each closed date is held back. */
  SortedMap<LocalDate, String> refusals(Till till) {
    return reasons(
        Gates.of(lake.spark(), till.tables())
            .heldBack(till.view(), finality(till), List.of(FIRST, SECOND)));
  }

  /** The same by another gate. */
  SortedMap<LocalDate, String> refusals(Till till, QualityCheck gate) {
    Gates asked = Gates.of(lake.spark(), till.tables());
    return reasons(
        new Gates(
                List.of(gate),
                till.tables().operations().quality().answers(lake.spark(), "till", List.of(gate)),
                asked.versions())
            .heldBack(till.view(), finality(till), List.of(FIRST, SECOND)));
  }

  static SortedMap<LocalDate, String> reasons(SortedMap<LocalDate, HeldBack> heldBack) {
    SortedMap<LocalDate, String> reasons = new TreeMap<>();
    heldBack.forEach((date, held) -> reasons.put(date, held.reason()));
    return reasons;
  }

  ViewFinality finality(Till till) {
    EditWatch edits =
        new EditWatch(
            lake.spark(), till.tables().pipeline(), till.tables().operations(), Clock.systemUTC());
    return ViewFinality.now(
            lake.spark(),
            till.tables().pipeline(),
            till.tables().operations(),
            List.of(till.view()),
            Instant.now(),
            edits::look)
        .get("sales");
  }

  /** What the checks say of a date, of so many rows. */
  void answer(QualityCheck check, LocalDate date, String outcome, long rows) {
    answer(check, date, outcome, rows, "seal", Instant.parse("2011-02-01T00:00:00Z"), null);
  }

  /** The same, of the files that there are now. */
  void answerOfPresentFiles(
      Till till, QualityCheck check, LocalDate date, String outcome, long rows) {
    LakeTable events = till.view().events();
    answer(
        check,
        date,
        outcome,
        rows,
        "seal",
        Instant.parse("2011-02-01T00:00:00Z"),
        null,
        events.contentsByDate(events.version()).get(date),
        check
            .anomaly()
            .map(
                anomaly ->
                    anomaly.compared(date, new TreeMap<>(events.contentsByDate(events.version()))))
            .orElse(null));
  }

  void answer(
      QualityCheck check,
      LocalDate date,
      String outcome,
      long rows,
      String gate,
      Instant at,
      String message) {
    answer(check, date, outcome, rows, gate, at, message, "", null);
  }

  private void answer(
      QualityCheck check,
      LocalDate date,
      String outcome,
      long rows,
      String gate,
      Instant at,
      String message,
      String contents,
      String compared) {
    Row row =
        RowFactory.create(
            "till",
            check.table(),
            check.name(),
            Date.valueOf(date),
            "error",
            gate,
            outcome,
            outcome.equals("passed") ? (Double) 1.0 : outcome.equals("failed") ? 0.5 : null,
            check.expected(),
            rows,
            0L,
            message,
            check.definition(),
            rows,
            1L,
            null,
            contents,
            null,
            "run",
            Timestamp.from(at.plusSeconds(checked)),
            compared);
    lake.lake()
        .create(Operations.QUALITY.table(TableFormat.ICEBERG))
        .append(
            lake.spark().createDataFrame(List.of(row), Operations.QUALITY.columns()),
            new Commit("quality@" + checked++, 0));
  }
}
