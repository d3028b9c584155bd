package io.tidemark.local.replay;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.lake.VerbSession;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.schema.EventColumns;
import io.tidemark.streaming.Reachability;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SignalUtils;
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
      "Puts the records of a CSV or JSON-lines file onto a topic as Avro events, in order of"
          + " arrival: by 'arrival' under 'replay' of the topic's source in pipeline.yaml, or else"
          + " in the order of the file.",
      "How columns become fields stands there too, and in which encoding the file is written.",
      "If a line cannot become an event exactly, it is named, and nothing is sent."
    },
    footer = {
      "",
      "SIGINT and SIGTERM stop it after the current record. It says how many records the broker has,"
          + " and exits with 1. The same command with --resume goes on."
    })
public final class ReplayCommand implements Callable<Integer> {
  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "CSV with a header, or JSON lines; gzipped if its name ends in .gz.")
  private Path input;

  @Option(
      names = "--topic",
      required = true,
      paramLabel = "TOPIC",
      description = "The topic to write to; created if it does not exist.")
  private String topic;

  @Option(
      names = "--schema",
      paramLabel = "FILE",
      description =
          "Avro schema to write with (default: the one that the pipeline has for this topic).")
  private Path schema;

  @Mixin private PipelineOption pipelineOption;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "4",
      description = "Partitions of the topic, if it is created (default: ${DEFAULT-VALUE}).")
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

  @Option(
      names = "--resume",
      description =
          "Go on with a replay that was interrupted: leave out the records of this file that are on"
              + " the topic already.")
  private boolean resume;

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
            optional("--lines", lines),
            resume);
    AtomicBoolean stopped = new AtomicBoolean();
    for (String signal : new String[] {"INT", "TERM"}) {
      SignalUtils.register(signal, () -> !stopped.getAndSet(true));
    }
    Reachability.ask(environment).require();
    try (SparkSession spark = VerbSession.open("replay", environment)) {
      Replayed replayed = replay.run(spark, environment, delivery -> {}, stopped::get);
      print(replayed);
      return replayed.isComplete() ? ExitCode.FINE : ExitCode.FAILED;
    }
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
          "%s %d is below 1. Give at least 1, or leave it out for no limit."
              .formatted(option, value));
    }
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private void print(Replayed replayed) {
    PrintWriter out = spec.commandLine().getOut();
    long delivered = replayed.delivered();
    out.printf("Delivered %,d %s to %s%n", delivered, delivered == 1 ? "record" : "records", topic);
    replayed.byKind().forEach((kind, count) -> out.printf("  %-20s %,9d%n", kind.label(), count));
    if (replayed.delayed() > 0) {
      out.printf("  %,d of the events were delayed, by --delayed%n", replayed.delayed());
    }
    if (resume) {
      out.printf("  %,d were on the topic already and were left out%n", replayed.there());
    }
    if (!replayed.isComplete()) {
      out.println(
          "Stopped before the end. Go on with the same command and --resume: it leaves out what is"
              + " on the topic.");
    }
  }
}
