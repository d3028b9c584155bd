package io.tidemark.quality;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.output.ExitCode;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Profiles a table, and prints checks that it passes, to be pasted into quality.yaml. */
@Command(
    name = "suggest",
    mixinStandardHelpOptions = true,
    description = {
      "Profiles the columns of a table with deequ, and prints checks to begin with.",
      "The output is a quality.yaml whose checks every date of the table passes."
    },
    footer = {"", "Exit codes: 0 fine, 1 failed, 2 wrong usage."})
public final class SuggestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--table",
      paramLabel = "TABLE",
      required = true,
      description = "A table of the pipeline, or schema.table.")
  private String table;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  @Override
  public Integer call() {
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    String name = table.contains(".") ? table : pipeline.table(table);
    Environment environment = lake.environment();
    try (SparkSession spark =
        QualitySession.open("tidemark quality suggest " + name, environment)) {
      StoredTable stored =
          new LakeTables(spark, environment)
              .find(name)
              .orElseThrow(
                  () ->
                      new WrongUsageException(
                          "Cannot profile table %s: the lake has none of that name."
                              .formatted(name)));
      spec.commandLine().getOut().print(Suggestions.of(spark, stored).yaml());
      spec.commandLine().getOut().flush();
      return ExitCode.FINE;
    }
  }
}
