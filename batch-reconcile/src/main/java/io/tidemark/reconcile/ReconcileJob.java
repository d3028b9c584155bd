package io.tidemark.reconcile;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.Runs;
import io.tidemark.output.ExitCode;
import io.tidemark.output.FailureReason;
import io.tidemark.status.Finality;
import io.tidemark.status.Gates;
import io.tidemark.status.Review;
import io.tidemark.status.Standing;
import io.tidemark.status.ViewDates;
import io.tidemark.status.ViewTables;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/** Reconciles views of a pipeline with what was delivered. */
public final class ReconcileJob {
  public static final String VERB = "reconcile";

  private static final String FAILED = "failed";

  private final SparkSession spark;
  private final PipelineTables tables;
  private final Clock clock;
  private final Runnable publish;
  private final Optional<String> airflowRun;
  private final DateSlices slices;

  public ReconcileJob(SparkSession spark, PipelineTables tables, Clock clock) {
    this(spark, tables, clock, Optional.empty());
  }

  /**
   * @param airflowRun the run of a DAG that asks for it
   */
  ReconcileJob(
      SparkSession spark, PipelineTables tables, Clock clock, Optional<String> airflowRun) {
    this(spark, tables, clock, new Finality(spark, tables, clock)::publish, airflowRun);
  }

  /**
   * @param publish says afterwards how dates stand
   */
  ReconcileJob(
      SparkSession spark,
      PipelineTables tables,
      Clock clock,
      Runnable publish,
      Optional<String> airflowRun) {
    this(spark, tables, clock, publish, airflowRun, DateSlices.USUAL);
  }

  /**
   * @param slices how many dates are read together
   */
  ReconcileJob(
      SparkSession spark,
      PipelineTables tables,
      Clock clock,
      Runnable publish,
      Optional<String> airflowRun,
      DateSlices slices) {
    this.spark = spark;
    this.tables = tables;
    this.clock = clock;
    this.publish = publish;
    this.airflowRun = airflowRun;
    this.slices = slices;
  }

  /** Every closed date of every view; what the demo does. */
  public ReconcileReport allClosed() {
    return reconcile(List.copyOf(tables.views().keySet()), new DateChoice.AllClosed(), false);
  }

  /**
   * Reconciles views, three at a time. Keeps what it found of each date in {@code
   * ops.reconciliations}, and how it ended in {@code ops.runs}. A view that fails does not keep the
   * others from being reconciled, but nothing is done if what they share cannot be read, or a date
   * that is not closed is chosen of one of them.
   *
   * @param views by name
   * @param reportOnly whether to leave views and seals as they are
   * @throws OpenDateException if a date is chosen that is not closed
   */
  ReconcileReport reconcile(List<String> views, DateChoice choice, boolean reportOnly) {
    Instant startedAt = clock.instant();
    Run run =
        new Run(spark, tables.pipeline(), tables.operations(), Runs.newId(), clock, reportOnly);
    try {
      List<Outcome> outcomes = published(() -> outcomes(run, views, choice));
      ReconcileReport report = new ReconcileReport(run.id(), outcomes, seconds(startedAt));
      record(run, startedAt, report.exitCode(), report.outcome(), report.message());
      return report;
    } catch (Exception failure) { // Scala throws checked ones too.
      int exitCode = failure instanceof OpenDateException ? ExitCode.WRONG_USAGE : ExitCode.FAILED;
      try {
        record(run, startedAt, exitCode, FAILED, FailureReason.of(failure));
      } catch (Exception unrecorded) { // As above.
        failure.addSuppressed(unrecorded);
      }
      throw failure;
    }
  }

  /** Also what was sealed before one view has failed. */
  private List<Outcome> published(Supplier<List<Outcome>> reconciling) {
    List<Outcome> outcomes;
    try {
      outcomes = reconciling.get();
    } catch (OpenDateException nothingDone) {
      throw nothingDone;
    } catch (Exception failure) { // Scala throws checked ones too.
      try {
        publish.run();
      } catch (Exception unpublished) { // As above.
        failure.addSuppressed(unpublished);
      }
      throw failure;
    }
    publish.run();
    return outcomes;
  }

  private List<Outcome> outcomes(Run run, List<String> views, DateChoice choice) {
    return new SlicedReconciliation(run, tables, slices).outcomes(chosen(run, views, choice));
  }

  private List<GatedDates> chosen(Run run, List<String> views, DateChoice choice) {
    List<ViewTables> opened = views.stream().map(view -> ViewTables.of(tables, view)).toList();
    Map<String, Standing> standings =
        Standing.now(
            run.spark(),
            run.pipeline(),
            run.operations(),
            opened,
            run.clock().instant(),
            run.editWatch()::look);
    Map<String, SortedSet<LocalDate>> dates = new HashMap<>();
    standings.forEach((view, standing) -> dates.put(view, choice.of(standing)));
    // What is chosen is proven again; the tidemark stands on the other dates as well.
    Map<String, Standing> reviewed = Review.of(run.spark(), opened, standings, dates);
    Gates gates = Gates.of(spark, tables);
    return opened.stream()
        .map(
            view -> {
              String name = view.view().name();
              return GatedDates.of(
                  run, gates, new ViewDates(view, reviewed.get(name), dates.get(name)));
            })
        .toList();
  }

  private void record(Run run, Instant startedAt, int exitCode, String outcome, String message) {
    run.operations()
        .runs()
        .append(
            spark,
            new Runs.Run(
                run.id(),
                VERB,
                run.pipeline().name(),
                startedAt,
                clock.instant(),
                exitCode,
                outcome,
                Optional.ofNullable(message),
                airflowRun));
  }

  private double seconds(Instant startedAt) {
    return Duration.between(startedAt, clock.instant()).toMillis() / 1000.0;
  }
}
