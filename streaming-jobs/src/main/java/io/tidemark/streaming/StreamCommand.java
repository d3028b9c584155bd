package io.tidemark.streaming;

import io.tidemark.cli.LakeOptions;
import io.tidemark.cli.PipelineOption;
import io.tidemark.cli.StopRequest;
import io.tidemark.cli.Verb;
import io.tidemark.lake.LakeCheck;
import io.tidemark.output.ExitCode;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.view.validation.ViewValidation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lands the topics of a pipeline and keeps its views fresh, until it is told to stop. */
@Command(
    name = "stream",
    mixinStandardHelpOptions = true,
    description = "Lands the topics of a pipeline and keeps its views fresh.",
    footer = {
      "",
      "Prints its progress: after each batch on a terminal, once a minute elsewhere.",
      "SIGINT and SIGTERM stop it between two batches, with exit code 0. A second signal, or one with"
          + " --once, stops it at once, with 130 and 143. The next start continues from there.",
      "A view that fails restarts by itself. Landing waits for a schema registry that does not"
          + " answer; any other failure of landing ends the application."
    })
public final class StreamCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(StreamCommand.class);
  private static final Duration MOMENT = Duration.ofSeconds(1);

  @Spec private CommandSpec spec;

  @Mixin private LakeOptions lake;

  @Mixin private PipelineOption pipelineOption;

  @Option(
      names = "--once",
      description = "Land and refresh what the topics hold now, say how much that was, and end.")
  private boolean once;

  @Option(
      names = "--rebuild",
      paramLabel = "VIEW",
      description =
          "Begin the stream of this view again with the first event; its sealed dates stay as they"
              + " are. May be given several times.")
  private Set<String> rebuilt = Set.of();

  @Option(
      names = "--accept-loss",
      description =
          "Go on where records are gone from a topic before they were landed, or with a topic of"
              + " another name. What is left behind is counted as lost.")
  private boolean acceptLoss;

  public static void main(String[] args) {
    System.exit(Verb.run(new StreamCommand(), args));
  }

  @Override
  public Integer call() throws Exception {
    Pipeline pipeline = PipelineFile.read(pipelineOption.folder());
    requireViews(pipeline);
    Environment environment = lake.environment();
    Optional<StopRequest> stop =
        once
            ? Optional.empty()
            : Optional.of(StopRequest.watch("the running batches have ended", this::say));
    Reachability reachable = Reachability.ask(environment);
    reachable.tell("Landing tries again.", spec.commandLine().getErr()::println);
    try (SparkSession spark = Streams.session(pipeline, environment)) {
      check(spark, pipeline);
      if (!reachable.hasBrokers()) {
        return ExitCode.FAILED; // Why has been told.
      }
      say(StreamText.start(pipeline, environment));
      Streams streams = Streams.open(spark, pipeline, environment, rebuilt, acceptLoss);
      try (streams;
          StreamProgress progress = StreamProgress.start(streams::standing, this::say)) {
        run(streams, progress, stop);
      }
      if (!once) {
        end(streams.standing());
      }
      return ExitCode.FINE;
    }
  }

  /** To the terminal, apart from results, and to the log. */
  private void say(String line) {
    LOG.info(line);
    spec.commandLine().getErr().println(line);
  }

  /**
   * @param stop empty to end with what is there now
   */
  private void run(Streams streams, StreamProgress progress, Optional<StopRequest> stop)
      throws Exception {
    if (stop.isEmpty()) {
      String end = streams.once();
      progress.close();
      print(end);
      return;
    }
    // It may have been stopped while Spark was started, which takes longest.
    if (!stop.get().isMade()) {
      streams.start();
    }
    while (!stop.get().isMade()) {
      streams.tend(MOMENT);
    }
  }

  /** Once the last batches have ended, of which no line of progress has told. */
  private void end(StreamStanding standing) {
    StreamText.stopped(standing).forEach(this::say);
    if (standing.hasBegun()) {
      print(StreamText.end(standing));
    }
  }

  /** A result, which the log has as well. */
  private void print(String tables) {
    String end = tables.stripTrailing();
    LOG.info("Ended.{}{}", System.lineSeparator(), end);
    // Ended by println, which flushes: print alone leaves the text behind when the JVM exits.
    spec.commandLine().getOut().println(end);
  }

  /** Before anything is written by views that a batch could not prove. */
  private static void check(SparkSession spark, Pipeline pipeline) {
    ViewValidation.require(spark, pipeline);
    Problems problems = new Problems();
    LakeCheck.check(spark, pipeline, problems);
    problems.refuse();
    LakeCheck.checkTables(spark, pipeline, problems);
    problems.refuse();
  }

  private void requireViews(Pipeline pipeline) {
    List<String> views = pipeline.views().stream().map(ViewDefinition::name).toList();
    for (String name : rebuilt) {
      if (!views.contains(name)) {
        throw new WrongUsageException(
            "Cannot rebuild view '%s': the pipeline %s has the views %s. Name one of these."
                .formatted(name, pipeline.name(), String.join(", ", views)));
      }
    }
  }
}
