package io.tidemark.report;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.Verb;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.VerbSession;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows how far topics are landed, how fresh and proven views are, and whether it all adds up. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows lag, freshness, tidemarks, dirty dates, and whether the ledger balances.",
    footer = {
      "",
      "Without --pipeline, it shows conf/retail and names the lake's other pipelines. If retail has"
          + " landed nothing in this lake, it lists those that have, as --pipelines does.",
      "",
      "With --recount, the exit code is 1 if the ledger does not balance or does not match the tables."
    })
public final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--recount",
      description =
          "Check the ledger against every row of events tables, dimensions and dead letters.")
  private boolean recount;

  @Option(
      names = "--pipelines",
      description = "List the pipelines that have landed in the lake, whatever their folders.")
  private boolean pipelines;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  public static void main(String[] args) {
    System.exit(Verb.run(new StatusCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    Environment environment = lake.environment();
    if (pipelines) {
      if (recount || pipelineOption.given().isPresent()) {
        throw new ParameterException(
            spec.commandLine(),
            "Cannot list pipelines with --pipeline or --recount: these are about one of them.");
      }
      try (SparkSession spark = VerbSession.look("status", environment)) {
        list(LakePipelines.of(spark));
        return ExitCode.FINE;
      }
    }
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    try (SparkSession spark = VerbSession.look("status " + pipeline.name(), environment)) {
      Set<String> landed =
          pipelineOption.given().isPresent() ? Set.of() : LakePipelines.names(spark);
      if (!landed.isEmpty() && !landed.contains(pipeline.name())) {
        list(LakePipelines.of(spark));
        return ExitCode.FINE;
      }
      StatusReport report =
          StatusReport.of(
              spark,
              PipelineTables.open(spark, pipeline),
              Optional.of(environment),
              recount,
              Instant.now());
      say(json ? report.json() : report.text());
      if (landed.size() > 1 && !json) {
        say(
            "Pipelines of this lake: %s. Each by --pipeline, all by --pipelines."
                .formatted(String.join(", ", landed)));
      }
      return recount && !report.ledgerBalanced() ? ExitCode.FAILED : ExitCode.FINE;
    }
  }

  private void list(LakePipelines found) {
    say(json ? found.json() : found.text(Instant.now()));
  }

  private void say(String text) {
    spec.commandLine().getOut().println(text);
  }
}
