package io.tidemark.maintain;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.OutcomeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.StopRequest;
import io.tidemark.cli.Verb;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.VerbSession;
import io.tidemark.output.ExitCode;
import io.tidemark.output.Progress;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.upkeep.MaintainReport;
import io.tidemark.upkeep.MaintainRun;
import io.tidemark.upkeep.MaintainWatch;
import io.tidemark.upkeep.MaintainedTable;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
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
  @Spec private CommandSpec spec;

  @Option(
      names = "--table",
      paramLabel = "TABLE",
      description = "Only this table, by its full name, for example retail.events.")
  private String only;

  @Option(names = "--dry-run", description = "Only say what would be done.")
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
    try (SparkSession spark = VerbSession.open("maintain " + pipeline.name(), environment)) {
      outcome.settings(spark.sparkContext().hadoopConfiguration());
      MaintainRun run =
          new MaintainRun(
              spark,
              PipelineTables.open(spark, pipeline),
              environment,
              Clock.systemUTC(),
              outcome.airflowRun());
      List<MaintainedTable> chosen = chosen(run.all());
      if (dryRun) {
        tell(run.plan(chosen));
        return ExitCode.FINE;
      }
      StopRequest stop =
          StopRequest.watch("the running action has ended", spec.commandLine().getErr()::println);
      MaintainReport report = maintain(run, chosen, stop);
      tell(report);
      return report.exitCode();
    }
  }

  private void tell(MaintainReport report) throws IOException {
    outcome.write(report.json());
    spec.commandLine().getOut().println(json ? report.json() : report.text());
  }

  private static MaintainReport maintain(
      MaintainRun run, List<MaintainedTable> chosen, StopRequest stop) {
    try (Progress progress = Progress.plan("maintain", chosen.size(), "tables")) {
      MaintainWatch watch =
          new MaintainWatch() {
            @Override
            public boolean goesOn() {
              return !stop.isMade();
            }

            @Override
            public int stopCode() {
              return stop.exitCode();
            }

            @Override
            public void begins(MaintainedTable table) {
              progress.atNext(table.name());
            }

            @Override
            public void ends(MaintainedTable table) {
              progress.step();
            }
          };
      return run.run(chosen, watch)
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      "Cannot maintain the lake: another run of maintain is in progress (%s). If it was killed, its lease expires within a minute; then run this again."
                          .formatted(run.holder())));
    }
  }

  private List<MaintainedTable> chosen(List<MaintainedTable> all) {
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
}
