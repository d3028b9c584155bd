package io.tidemark.forget;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.OutcomeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.Verb;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.VerbSession;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.view.validation.RowCondition;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Erases events and their dead letters. */
@Command(
    name = "forget",
    mixinStandardHelpOptions = true,
    description = {
      "Erases the events that match a condition, for example those of one person, and their dead letters. Streams may keep running. Sealed dates that lose events turn dirty, and 'reconcile' repairs them. 'maintain' deletes the old files once they are older than the history that it keeps.",
    },
    footer = {
      "",
      "For example: ./tidemark forget --where \"user_id = '12345'\" --reason \"request 77\" --dry-run",
      "The condition is not stored. The reason is, in ops.erased and ops.runs: do not put a person's name in it.",
    })
public final class ForgetCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--where",
      required = true,
      paramLabel = "SQL",
      description =
          "The condition, as after WHERE. It applies to every events table that has its columns.")
  private String where;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for whoever asks later.")
  private String reason;

  @Option(
      names = "--topic",
      paramLabel = "TOPIC",
      description = "Only events that arrived on this topic.")
  private String topic;

  @Option(
      names = "--dry-run",
      description = "Only say how many would be erased, and on which dates; change nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin private OutcomeOptions outcome;

  @Mixin private PipelineOption pipelineOption;

  @Mixin private LakeOptions lake;

  public static void main(String[] args) {
    System.exit(Verb.run(new ForgetCommand(), args));
  }

  @Override
  public Integer call() throws IOException {
    try {
      return forget();
    } catch (Exception failure) { // Scala throws checked ones too.
      outcome.failed(failure, ForgetJob.unsaid(failure));
      throw failure;
    }
  }

  private int forget() throws IOException {
    RowCondition condition = RowCondition.of(where);
    condition
        .refusal()
        .ifPresent(
            why -> {
              throw new ParameterException(
                  spec.commandLine(), "Cannot erase by --where: %s.".formatted(why));
            });
    if (reason.isBlank()) {
      throw new ParameterException(
          spec.commandLine(), "--reason is empty. Say why, for whoever asks later.");
    }
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    Environment environment = lake.environment();
    try (SparkSession spark = VerbSession.open("forget " + pipeline.name(), environment)) {
      outcome.settings(spark.sparkContext().hadoopConfiguration());
      PipelineTables tables = PipelineTables.open(spark, pipeline);
      ForgetJob job = new ForgetJob(spark, tables, environment, Clock.systemUTC());
      Optional<String> ofTopic = Optional.ofNullable(topic);
      ForgetReport report =
          dryRun
              ? job.tried(condition, ofTopic)
              : job.forget(
                  condition,
                  ofTopic,
                  reason,
                  System.getProperty("user.name"),
                  outcome.airflowRun());
      outcome.write(report.json());
      spec.commandLine().getOut().println(json ? report.json() : report.text());
      return ExitCode.FINE;
    }
  }
}
