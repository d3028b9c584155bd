package io.tidemark.deadletters;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.OutcomeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.VerbSession;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lands dead letters again. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Tries dead letters again, and lands those that are good by now: since a schema was registered, or the pipeline was changed. Each lands once, however often this is run; a stream may run beside it. Sealed dates that they change turn dirty, and 'reconcile' repairs them.",
    },
    footer = {
      "",
      "For example: ./tidemark dead-letters replay --reason unknown-schema-id --dry-run"
    })
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private DeadLetterFilter filter;

  @Option(
      names = "--dry-run",
      description = "Only say which would land, and which would still be refused.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private OutcomeOptions outcome;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  @Override
  public Integer call() throws IOException {
    try {
      return replay();
    } catch (Exception failure) { // Scala throws checked ones too.
      outcome.failed(failure);
      throw failure;
    }
  }

  private int replay() throws IOException {
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    Environment environment = lake.environment();
    try (SparkSession spark =
        VerbSession.open("dead-letters replay " + pipeline.name(), environment)) {
      outcome.settings(spark.sparkContext().hadoopConfiguration());
      filter.check(pipeline, DeadLetterRows.of(spark, pipeline)::topics);
      PipelineTables tables = PipelineTables.open(spark, pipeline);
      ReplayJob job = new ReplayJob(spark, tables, environment, Clock.systemUTC());
      ReplayReport report =
          dryRun
              ? job.tried(filter.condition())
              : job.replay(filter.condition(), outcome.airflowRun());
      outcome.write(report.json());
      spec.commandLine().getOut().println(json ? report.json() : report.text());
      return ExitCode.FINE;
    }
  }
}
