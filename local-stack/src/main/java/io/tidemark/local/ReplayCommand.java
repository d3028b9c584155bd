package io.tidemark.local;

import io.tidemark.cli.ExitCode;
import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.local.replay.Replay;
import io.tidemark.local.replay.ReplaySource;
import io.tidemark.local.replay.Replayed;
import io.tidemark.local.replay.TroubleOptions;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.LakeSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark replay}: a file onto a topic. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Puts the records of a CSV or JSON-lines file onto a topic as Avro events, in order of arrival.",
      "How columns become fields stands in pipeline.yaml, under 'replay' of the topic's source."
    })
final class ReplayCommand implements Callable<Integer> {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "CSV with a header, or JSON lines; gzipped if its name ends in .gz.")
  private Path input;

  @Option(
      names = "--topic",
      required = true,
      paramLabel = "T",
      description = "Where to; created if it is not there.")
  private String topic;

  @Option(
      names = "--schema",
      paramLabel = "S",
      description =
          "File of the Avro schema to write with (default: the pipeline's of this topic).")
  private Path schema;

  @Mixin private PipelineOption pipelineOption;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "4",
      description = "Of the topic, if it is created (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Records a second (default: as fast as it goes).")
  private Long rate;

  @Option(
      names = "--lines",
      paramLabel = "N",
      description = "Only the first N records of the file (default: all).")
  private Long lines;

  @Mixin private TroubleOptions trouble;
  @Mixin private LakeOptions lake;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Environment environment = lake.environment();
    ReplaySource source = source();
    Replay replay =
        new Replay(
            input,
            topic,
            partitions,
            EventColumns.reader(source.schema()),
            source.mapping(),
            trouble.trouble(),
            optional("--rate", rate),
            optional("--lines", lines));
    try (SparkSession spark =
        LakeSession.open(
            "tidemark replay",
            environment.warehouse(),
            environment.catalog(),
            environment.spark())) {
      print(replay.run(spark, environment, delivery -> {}));
    }
    return ExitCode.FINE;
  }

  private ReplaySource source() {
    var told = ReplaySource.of(PipelineFile.read(pipelineOption.folder()), topic);
    if (schema != null) {
      return told.map(source -> source.withSchema(schema))
          .orElseGet(() -> ReplaySource.byName(schema));
    }
    return told.orElseThrow(
        () ->
            new ParameterException(
                spec.commandLine(),
                "Cannot replay onto topic '%s': no events or dimension of the pipeline in %s come from it. Name another --topic or --pipeline, or give a --schema."
                    .formatted(topic, pipelineOption.folder())));
  }

  private OptionalLong optional(String option, Long value) {
    if (value != null && value < 1) {
      throw new ParameterException(
          spec.commandLine(),
          "Cannot use %s %d: it is at least 1. Leave it out for no limit."
              .formatted(option, value));
    }
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private void print(Replayed replayed) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf("Delivered %,d records to %s%n", replayed.delivered(), topic);
    replayed.byKind().forEach((kind, count) -> out.printf("  %-20s %,9d%n", kind.label(), count));
    out.printf("  %,d of the events arrived late%n", replayed.delayed());
  }
}
