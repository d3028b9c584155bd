package io.tidemark.validate;

import static java.util.stream.Collectors.joining;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.Verb;
import io.tidemark.lake.LakeCheck;
import io.tidemark.lake.StoreCheck;
import io.tidemark.lake.TopicCheck;
import io.tidemark.output.ExitCode;
import io.tidemark.output.Json;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.InvalidConfigurationException;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.table.Looks;
import io.tidemark.table.session.LakeSession;
import io.tidemark.view.validation.ViewValidation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
      "Given a lake, it also checks the environment file and the tables, and says what will happen"
          + " to the streams of views that have changed."
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
    pipeline.ifPresent(read -> QualityFile.inspect(read, problems));
    Optional<Environment> environment =
        lake.given().flatMap(file -> EnvironmentFile.inspect(file, problems));
    List<String> notices =
        pipeline.isPresent() ? check(pipeline.get(), environment, problems) : List.of();
    spec.commandLine()
        .getOut()
        .println(json ? json(problems, notices) : text(pipeline, problems, notices));
    return problems.isEmpty() ? ExitCode.FINE : ExitCode.WRONG_USAGE;
  }

  /** What the next start of the stream asks for, and does to those of views, in words. */
  private List<String> check(
      Pipeline pipeline, Optional<Environment> environment, Problems problems) throws IOException {
    try (SparkSession spark = session(pipeline, environment)) {
      ViewValidation.check(spark, pipeline, problems);
      if (problems.isEmpty()) {
        LakeCheck.check(spark, pipeline, problems);
      }
      if (environment.isEmpty() || !problems.isEmpty()) {
        return List.of();
      }
      new StoreCheck(spark, environment.get()).check(lake.given().orElseThrow(), problems);
      if (!problems.isEmpty()) {
        return List.of();
      }
      LakeCheck.checkTables(spark, pipeline, problems);
      TopicCheck topics = new TopicCheck(spark, pipeline, environment.get());
      topics.check(problems);
      if (!problems.isEmpty()) {
        return List.of();
      }
      List<String> notices = new ArrayList<>(topics.notices());
      notices.addAll(LakeCheck.notices(spark, pipeline, environment.get()));
      return notices;
    }
  }

  /** Nothing is written; Spark wants to know where it would be. */
  private static SparkSession session(Pipeline pipeline, Optional<Environment> environment) {
    Map<String, String> settings = new HashMap<>(Looks.SETTINGS);
    environment.ifPresent(given -> settings.putAll(given.spark()));
    settings.put("spark.master", "local[1]");
    Path nowhere = Path.of(System.getProperty("java.io.tmpdir"), "tidemark-validate");
    return LakeSession.open(
        "tidemark validate " + pipeline.name(),
        environment.map(Environment::warehouse).orElse(nowhere.toUri()),
        environment.map(Environment::catalog).orElse(Map.of()),
        settings);
  }

  private static String json(Problems problems, List<String> notices) {
    Map<String, Object> found = new LinkedHashMap<>();
    found.put("problems", problems.list());
    found.put("notices", notices);
    return Json.write(found);
  }

  private static String text(Optional<Pipeline> pipeline, Problems problems, List<String> notices) {
    if (!problems.isEmpty()) {
      return new InvalidConfigurationException(problems.list()).getMessage();
    }
    Pipeline valid = pipeline.orElseThrow();
    return "%s is valid. Events: %s. Dimensions: %s. Views: %s.%s"
        .formatted(
            valid.name(),
            names(valid.events().stream().map(EventSource::name)),
            names(valid.dimensions().stream().map(DimensionSource::name)),
            names(valid.views().stream().map(ViewDefinition::name)),
            notices.stream().map(notice -> System.lineSeparator() + notice).collect(joining()));
  }

  private static String names(Stream<String> names) {
    return names.collect(
        Collectors.collectingAndThen(
            Collectors.joining(", "), all -> all.isEmpty() ? "none" : all));
  }
}
