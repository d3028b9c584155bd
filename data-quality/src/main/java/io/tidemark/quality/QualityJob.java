package io.tidemark.quality;

import io.tidemark.ops.EndedRun;
import io.tidemark.ops.Operations;
import io.tidemark.ops.VerbRun;
import io.tidemark.output.Progress;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.QualityCheck;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.RowFactory;

/** Runs checks, and keeps what they found. */
final class QualityJob {
  private static final String VERB = "quality";

  private final LakeTables lake;
  private final QualityTables tables;
  private final Pipeline pipeline;
  private final Clock clock;
  private final Optional<String> airflowRun;

  QualityJob(LakeTables lake, QualityTables tables, Pipeline pipeline, Clock clock) {
    this(lake, tables, pipeline, clock, Optional.empty());
  }

  /**
   * @param airflowRun the run of a DAG that asks for it
   */
  QualityJob(
      LakeTables lake,
      QualityTables tables,
      Pipeline pipeline,
      Clock clock,
      Optional<String> airflowRun) {
    this.airflowRun = airflowRun;
    this.lake = lake;
    this.tables = tables;
    this.pipeline = pipeline;
    this.clock = clock;
  }

  /**
   * Checks, and appends metrics, then results, then the run: a result is never there without what
   * it was taken from.
   *
   * @param shown how many of the rows that do not meet a check to keep for the report
   */
  QualityReport run(List<QualityCheck> checks, DateSelection dates, int shown) {
    VerbRun run = VerbRun.begin(VERB, pipeline.name(), clock, airflowRun, this::record);
    return run.record(
        () -> {
          QualityReport report = checked(run.id(), checks, dates, shown);
          keep(report);
          return report;
        },
        report -> new VerbRun.End(report.exitCode(), report.outcome(), report.message()));
  }

  private QualityReport checked(
      String run, List<QualityCheck> checks, DateSelection dates, int shown) {
    Map<String, List<QualityCheck>> byTable = new LinkedHashMap<>();
    checks.forEach(
        check -> byTable.computeIfAbsent(check.table(), of -> new ArrayList<>()).add(check));
    History history = History.read(tables);
    boolean isEveryDateAsked = dates.date().isEmpty() && !dates.dirtyOnly();
    KnownResults known = isEveryDateAsked ? KnownResults.NONE : KnownResults.read(tables);
    List<TableInspection> inspected = new ArrayList<>();
    try (Progress progress = Progress.plan("quality", byTable.size(), "tables")) {
      byTable.forEach(
          (table, ofTable) -> {
            inspected.add(
                new TableInspector(lake, tables, pipeline, history)
                    .inspect(table, ofTable, dates, known, shown));
            progress.step();
          });
    }
    return new QualityReport(run, clock.instant(), inspected);
  }

  private void keep(QualityReport report) {
    Timestamp at = Timestamp.from(report.at());
    tables.append(
        Operations.QUALITY_METRICS,
        report.tables().stream()
            .flatMap(table -> table.metrics().stream())
            .map(metric -> metric.row(pipeline.name(), report.run(), at))
            .toList());
    tables.append(
        Operations.QUALITY,
        report.results().stream()
            .map(result -> ResultRow.of(result, pipeline.name(), report.run(), at))
            .toList());
  }

  private void record(EndedRun run) {
    tables.append(
        Operations.RUNS,
        List.of(
            RowFactory.create(
                run.id(),
                run.verb(),
                run.pipeline(),
                Timestamp.from(run.startedAt()),
                Timestamp.from(run.endedAt()),
                run.exitCode(),
                run.outcome(),
                run.message().orElse(null),
                run.airflowRun().orElse(null))));
  }
}
