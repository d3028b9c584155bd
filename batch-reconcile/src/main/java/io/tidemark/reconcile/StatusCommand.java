package io.tidemark.reconcile;

import io.tidemark.cli.ExitCode;
import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.Verb;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.VerbSession;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows how far topics are landed, how fresh and proven views are, and whether it all adds up. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows lag, freshness, tidemarks, dirty dates, and whether the ledger balances.",
    footer = {
      "",
      "With --recount, a ledger that does not balance or agree ends it with exit code 1."
    })
public final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--recount",
      description =
          "Check the ledger against every row of events tables, dimensions and dead letters.")
  private boolean recount;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  public static void main(String[] args) {
    System.exit(Verb.run(new StatusCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    Environment environment = lake.environment();
    try (SparkSession spark = VerbSession.open("status " + pipeline.name(), environment)) {
      StatusReport report =
          StatusReport.of(
              spark,
              PipelineTables.open(spark, pipeline),
              Optional.of(environment),
              recount,
              Instant.now());
      spec.commandLine().getOut().println(json ? report.json() : report.text());
      return recount && !report.ledgerBalanced() ? ExitCode.FAILED : ExitCode.FINE;
    }
  }
}
