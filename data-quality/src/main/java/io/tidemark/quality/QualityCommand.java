package io.tidemark.quality;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.LogFolder;
import io.tidemark.cli.OutcomeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.Verb;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityFile;
import java.io.IOException;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Checks the data of a lake as quality.yaml says. */
@Command(
    name = "quality",
    mixinStandardHelpOptions = true,
    subcommands = SuggestCommand.class,
    description = "Checks the data as the pipeline's quality.yaml says, with deequ.",
    footer = {
      "",
      "Exit codes: 0 every check passed or only warned, 1 failed, 2 wrong usage, 11 a check of level error did not pass."
    })
public final class QualityCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--table",
      paramLabel = "TABLE",
      description = "Only the checks of this table (default: of all tables).")
  private String table;

  @ArgGroup private Dates dates = new Dates();

  @Option(
      names = "--show",
      paramLabel = "ROWS",
      arity = "0..1",
      fallbackValue = "20",
      defaultValue = "0",
      description = "Print rows that do not meet a check, at most this many (20) for each.")
  private int shown;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private OutcomeOptions outcome;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  static final class Dates {
    @Option(names = "--date", paramLabel = "DATE", description = "One date (default: all dates).")
    private LocalDate date;

    @Option(
        names = "--dirty",
        description = "Only what was never checked, or whose rows or check have changed since.")
    private boolean dirty;
  }

  public static void main(String[] args) {
    LogFolder.choose(Stream.concat(Stream.of("quality"), Stream.of(args)).toArray(String[]::new));
    System.exit(Verb.run(new QualityCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    try {
      return inspect();
    } catch (Exception failure) { // Scala throws checked ones too.
      outcome.failed(failure);
      throw failure;
    }
  }

  private int inspect() throws IOException {
    if (shown < 0) {
      throw new ParameterException(
          spec.commandLine(), "Cannot show %d rows: give a number from 0.".formatted(shown));
    }
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    List<QualityCheck> checks = checks(pipeline);
    Environment environment = lake.environment();
    try (SparkSession spark =
        QualitySession.open("tidemark quality " + pipeline.name(), environment)) {
      outcome.settings(spark.sparkContext().hadoopConfiguration());
      LakeTables tables = new LakeTables(spark, environment);
      QualityTables results = new QualityTables(spark, tables, pipeline);
      results.require(environment.warehouse());
      QualityJob job =
          new QualityJob(tables, results, pipeline, Clock.systemUTC(), outcome.airflowRun());
      QualityReport report =
          job.run(checks, new DateSelection(Optional.ofNullable(dates.date), dates.dirty), shown);
      outcome.write(report.json());
      spec.commandLine().getOut().println(json ? report.json() : report.text());
      return report.exitCode();
    }
  }

  private List<QualityCheck> checks(Pipeline pipeline) {
    if (!QualityFile.isIn(pipeline)) {
      throw new WrongUsageException(
          "Cannot check anything: pipeline %s has no quality.yaml in %s. docs/quality.md has one to begin with."
              .formatted(pipeline.name(), pipeline.folder()));
    }
    List<QualityCheck> all = QualityFile.read(pipeline).checks();
    if (table == null) {
      return all;
    }
    String name = table.contains(".") ? table : pipeline.table(table);
    List<QualityCheck> chosen = all.stream().filter(check -> check.table().equals(name)).toList();
    if (chosen.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot check table '%s': quality.yaml of pipeline %s has checks of %s"
              .formatted(
                  table,
                  pipeline.name(),
                  all.stream()
                      .map(QualityCheck::table)
                      .distinct()
                      .collect(Collectors.joining(", "))));
    }
    return chosen;
  }
}
