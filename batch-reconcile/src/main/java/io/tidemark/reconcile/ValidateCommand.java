package io.tidemark.reconcile;

import io.tidemark.cli.ExitCode;
import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.Verb;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.InvalidConfigurationException;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.table.LakeSession;
import io.tidemark.view.ViewValidation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds every problem of a pipeline before it runs; needs no broker, registry or lake. */
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Finds every problem of a pipeline's file, schemas and views at once.",
      "Those of an environment file too, if a lake is named."
    },
    footer = {"", "Exit codes: 0 no problem, 1 failed, 2 problems found or wrong usage."})
public final class ValidateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  public static void main(String[] args) {
    System.exit(Verb.run(new ValidateCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    Problems problems = new Problems();
    Optional<Pipeline> pipeline = PipelineFile.inspect(pipelineOption.folder(), problems);
    lake.given().ifPresent(file -> EnvironmentFile.inspect(file, problems));
    if (pipeline.isPresent()) {
      checkViews(pipeline.get(), problems);
    }
    spec.commandLine()
        .getOut()
        .println(json ? Json.write(Map.of("problems", problems.list())) : text(pipeline, problems));
    return problems.isEmpty() ? ExitCode.FINE : ExitCode.WRONG_USAGE;
  }

  private static void checkViews(Pipeline pipeline, Problems problems) throws IOException {
    try (SparkSession spark =
        LakeSession.open(
            "tidemark validate " + pipeline.name(),
            // Nothing is written; Spark only wants to know where it would be.
            Path.of(System.getProperty("java.io.tmpdir"), "tidemark-validate").toUri(),
            Map.of(),
            Map.of("spark.master", "local[1]", "spark.ui.enabled", "false"))) {
      ViewValidation.check(spark, pipeline, problems);
    }
  }

  private static String text(Optional<Pipeline> pipeline, Problems problems) {
    if (!problems.isEmpty()) {
      return new InvalidConfigurationException(problems.list()).getMessage();
    }
    Pipeline valid = pipeline.orElseThrow();
    return "%s is valid. Events: %s. Dimensions: %s. Views: %s."
        .formatted(
            valid.name(),
            names(valid.events().stream().map(EventSource::name)),
            names(valid.dimensions().stream().map(DimensionSource::name)),
            names(valid.views().stream().map(ViewDefinition::name)));
  }

  private static String names(Stream<String> names) {
    return names.collect(
        Collectors.collectingAndThen(
            Collectors.joining(", "), all -> all.isEmpty() ? "none" : all));
  }
}
