package io.tidemark.maintain;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.OutcomeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.Verb;
import io.tidemark.lake.Lease;
import io.tidemark.lake.Pins;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.VerbSession;
import io.tidemark.ops.MaintenanceLog;
import io.tidemark.ops.MaintenanceLog.Action;
import io.tidemark.ops.Runs;
import io.tidemark.output.ExitCode;
import io.tidemark.output.FailureReason;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.table.CheckpointFiles;
import io.tidemark.table.UpkeepTask;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Keeps tables fast and small. */
@Command(
    name = "maintain",
    mixinStandardHelpOptions = true,
    description =
        "Compacts closed dates, drops history that nobody needs, and deletes files that no version of a table uses. Streams and readers may go on meanwhile.",
    footer = {"", "What it keeps is set under 'maintenance' in pipeline.yaml."})
public final class MaintainCommand implements Callable<Integer> {
  static final String VERB = "maintain";

  @Spec private CommandSpec spec;

  @Option(
      names = "--table",
      paramLabel = "TABLE",
      description = "Only this one, by its full name: retail.events, for example.")
  private String only;

  @Option(names = "--dry-run", description = "Only say what there is to do.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private OutcomeOptions outcome;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  public static void main(String[] args) {
    System.exit(Verb.run(new MaintainCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    try {
      return run();
    } catch (Exception failure) { // Scala throws checked ones too.
      outcome.failed(failure);
      throw failure;
    }
  }

  private int run() throws IOException {
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    Environment environment = lake.environment();
    try (SparkSession spark = VerbSession.open(VERB + " " + pipeline.name(), environment)) {
      outcome.settings(spark.sparkContext().hadoopConfiguration());
      PipelineTables tables = PipelineTables.open(spark, pipeline);
      MaintainJob job =
          new MaintainJob(spark, tables, environment, Clock.systemUTC(), Runs.newId());
      return dryRun ? plan(job) : maintain(spark, tables, environment);
    }
  }

  private int plan(MaintainJob job) throws IOException {
    List<Action> planned = new ArrayList<>();
    for (MaintainedTable table : chosen(job)) {
      for (UpkeepTask task : job.plan(table)) {
        planned.add(MaintainReport.planned(table, task));
      }
    }
    print(new MaintainReport(planned, true));
    return ExitCode.FINE;
  }

  private int maintain(SparkSession spark, PipelineTables tables, Environment environment)
      throws IOException {
    Instant startedAt = Instant.now();
    String run = Runs.newId();
    MaintainJob job = new MaintainJob(spark, tables, environment, Clock.systemUTC(), run);
    List<MaintainedTable> chosen = chosen(job);
    CheckpointFiles leases =
        Pins.upkeep(environment, spark.sparkContext().hadoopConfiguration()).at("lease");
    Optional<Lease> taken = Lease.take(leases, "run %s since %s".formatted(run, startedAt));
    if (taken.isEmpty()) {
      throw new IllegalStateException(
          "Cannot maintain the lake: another process is at it (%s). If it was killed, it is passed over a minute later."
              .formatted(Lease.holder(leases).orElse("just finished")));
    }
    try (Lease lease = taken.get()) {
      MaintainReport report = new MaintainReport(job.maintain(chosen, lease), false);
      record(spark, tables, run, startedAt, report.exitCode(), report.outcome(), report.summary());
      print(report);
      return report.exitCode();
    } catch (Exception failure) { // Scala throws checked ones too.
      try {
        record(
            spark,
            tables,
            run,
            startedAt,
            ExitCode.FAILED,
            MaintenanceLog.FAILED,
            FailureReason.of(failure));
      } catch (Exception unrecorded) { // As above.
        failure.addSuppressed(unrecorded);
      }
      throw failure;
    }
  }

  private void record(
      SparkSession spark,
      PipelineTables tables,
      String run,
      Instant startedAt,
      int exitCode,
      String outcome,
      String message) {
    tables
        .operations()
        .runs()
        .append(
            spark,
            new Runs.Run(
                run,
                VERB,
                tables.pipeline().name(),
                startedAt,
                Instant.now(),
                exitCode,
                outcome,
                Optional.of(message),
                this.outcome.airflowRun()));
  }

  private List<MaintainedTable> chosen(MaintainJob job) {
    List<MaintainedTable> all = job.tables();
    if (only == null) {
      return all;
    }
    List<MaintainedTable> named = all.stream().filter(table -> table.name().equals(only)).toList();
    if (named.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot maintain table '%s': there are %s"
              .formatted(
                  only, String.join(", ", all.stream().map(MaintainedTable::name).toList())));
    }
    return named;
  }

  private void print(MaintainReport report) throws IOException {
    outcome.write(report.json());
    spec.commandLine().getOut().println(json ? report.json() : report.text());
  }
}
