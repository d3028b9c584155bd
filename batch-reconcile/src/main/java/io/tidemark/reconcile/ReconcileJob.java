package io.tidemark.reconcile;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.VerbRun;
import io.tidemark.output.ExitCode;
import io.tidemark.output.FailureReason;
import io.tidemark.output.Progress;
import io.tidemark.status.DateSlices;
import io.tidemark.status.FinalityTables;
import io.tidemark.status.Gates;
import io.tidemark.status.Review;
import io.tidemark.status.ViewDates;
import io.tidemark.status.ViewFinality;
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
    this(spark, tables, clock, new FinalityTables(spark, tables, clock)::publish, airflowRun);
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
    VerbRun verb =
        tables.operations().runs().begin(spark, VERB, tables.pipeline().name(), clock, airflowRun);
    ReconcileRun run =
        new ReconcileRun(
            spark, tables.pipeline(), tables.operations(), verb.id(), clock, reportOnly);
    return verb.record(
        () -> {
          List<Outcome> outcomes = published(() -> outcomes(run, views, choice));
          return new ReconcileReport(run.id(), outcomes, seconds(verb.startedAt()));
        },
        report -> new VerbRun.End(report.exitCode(), report.outcome(), report.message()),
        ReconcileJob::failed);
  }

  private static VerbRun.End failed(Exception failure) {
    int exitCode = failure instanceof OpenDateException ? ExitCode.WRONG_USAGE : ExitCode.FAILED;
    return VerbRun.End.failed(exitCode, FailureReason.of(failure));
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
    try (Progress progress = Progress.plan("reconcile: publish", outcomes.size(), "views")) {
      publish.run();
      progress.to(outcomes.size());
    }
    return outcomes;
  }

  private List<Outcome> outcomes(ReconcileRun run, List<String> views, DateChoice choice) {
    List<GatedDates> chosen;
    try (Progress progress = Progress.plan("reconcile: look for dates", views.size(), "views")) {
      chosen = chosen(run, views, choice);
      progress.to(views.size());
    }
    return new SlicedReconciliation(run, tables, slices).outcomes(chosen);
  }

  private List<GatedDates> chosen(ReconcileRun run, List<String> views, DateChoice choice) {
    List<ViewTables> opened = views.stream().map(view -> ViewTables.of(tables, view)).toList();
    Map<String, ViewFinality> finalityOf =
        ViewFinality.now(
            run.spark(),
            run.pipeline(),
            run.operations(),
            opened,
            run.clock().instant(),
            run.editWatch()::look);
    Map<String, SortedSet<LocalDate>> dates = new HashMap<>();
    finalityOf.forEach((view, finality) -> dates.put(view, choice.of(finality)));
    // What is chosen is proven again; the tidemark stands on the other dates as well.
    Map<String, ViewFinality> reviewed = Review.of(run.spark(), opened, finalityOf, dates);
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

  private double seconds(Instant startedAt) {
    return Duration.between(startedAt, clock.instant()).toMillis() / 1000.0;
  }
}
