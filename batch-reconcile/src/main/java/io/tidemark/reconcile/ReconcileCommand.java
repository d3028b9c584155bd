package io.tidemark.reconcile;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.OutcomeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.Verb;
import io.tidemark.lake.Pins;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.VerbSession;
import io.tidemark.ops.Runs;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.view.validation.ViewValidation;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Proves dates of views: recomputes, compares, explains, repairs and seals them. */
@Command(
    name = "reconcile",
    mixinStandardHelpOptions = true,
    description =
        "Proves views: recomputes them from every event, explains and repairs drift, seals.",
    footer = {
      "",
      "Without a view, it proves every view. Without dates, it proves those that need it. So"
          + " 'reconcile' alone is 'reconcile --all-views --dirty'.",
      "",
      "Exit codes: 0 in sync or repaired, 1 failed, 2 wrong usage, 10 drift found but not repaired,"
          + " 11 quality checks hold dates back, which were not repaired or sealed."
    })
public final class ReconcileCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup private Views views = new Views();

  @ArgGroup private DateOptions dates = new DateOptions();

  @Option(
      names = "--report-only",
      description = "Compare and explain, but repair and seal nothing.")
  private boolean reportOnly;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private OutcomeOptions outcome;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  static final class Views {
    @Option(names = "--view", required = true, paramLabel = "VIEW", description = "One view.")
    private String view;

    @Option(
        names = "--all-views",
        required = true,
        description = "Every view of the pipeline, which is the default.")
    private boolean all;
  }

  public static void main(String[] args) {
    System.exit(Verb.run(new ReconcileCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    try {
      return reconcile();
    } catch (OpenDateException e) {
      outcome.failed("open", ExitCode.WRONG_USAGE, e.getMessage());
      spec.commandLine().getErr().println(e.getMessage());
      return ExitCode.WRONG_USAGE;
    } catch (Exception failure) { // Scala throws checked ones too.
      outcome.failed(failure);
      throw failure;
    }
  }

  private int reconcile() throws IOException {
    DateChoice choice = choice();
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    List<String> chosen = chosen(pipeline);
    Environment environment = lake.environment();
    try (SparkSession spark = VerbSession.open("reconcile " + pipeline.name(), environment)) {
      outcome.settings(spark.sparkContext().hadoopConfiguration());
      ViewValidation.require(spark, pipeline);
      PipelineTables tables = PipelineTables.open(spark, pipeline);
      Clock clock = Clock.systemUTC();
      ReconcileJob job = new ReconcileJob(spark, tables, clock, outcome.airflowRun());
      PrintWriter out = spec.commandLine().getOut();
      // Before the run: also if it fails, the next one finds the gates of today in its place.
      PrintWriter said = json ? spec.commandLine().getErr() : out;
      FormerGates.of(spark, tables, clock.instant()).text().ifPresent(said::println);
      ReconcileReport report =
          Pins.of(environment, spark.sparkContext().hadoopConfiguration())
              .during(Runs.newId(), () -> job.reconcile(chosen, choice, reportOnly));
      if (outcome.isWanted()) {
        Instant asOf = clock.instant();
        outcome.write(
            RunOutcome.of(report, tables.operations().dates().read(spark, pipeline.name()), asOf));
      }
      out.println(json ? report.json() : report.text());
      return report.exitCode();
    }
  }

  DateChoice choice() {
    try {
      return dates.choice();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  List<String> chosen(Pipeline pipeline) {
    List<String> known = pipeline.views().stream().map(ViewDefinition::name).toList();
    if (views.view == null) {
      return known;
    }
    if (!known.contains(views.view)) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot reconcile view '%s': pipeline %s has the views %s"
              .formatted(views.view, pipeline.name(), String.join(", ", known)));
    }
    return List.of(views.view);
  }
}
