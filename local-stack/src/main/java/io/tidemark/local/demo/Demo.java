package io.tidemark.local.demo;

import io.tidemark.lake.PipelineTables;
import io.tidemark.local.LocalEnvironment;
import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import io.tidemark.local.replay.Replay;
import io.tidemark.local.replay.ReplaySource;
import io.tidemark.local.replay.Topic;
import io.tidemark.local.replay.Trouble;
import io.tidemark.output.Progress;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.reconcile.ReconcileJob;
import io.tidemark.reconcile.ReconcileReport;
import io.tidemark.schema.EventColumns;
import io.tidemark.streaming.Streams;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.apache.spark.sql.SparkSession;

/**
 * Runs a pipeline from a file of purchases to sealed numbers, on a broker and registry of its own.
 */
final class Demo implements AutoCloseable {
  /** It sends ids that no registry knows. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private static final int PARTITIONS = 2;

  private final DemoSettings settings;
  private final PrintStream news;
  private final Phases phases = new Phases();
  private CompletableFuture<LocalStack> starting;
  private SparkSession spark;

  /**
   * @param news told what goes on
   */
  Demo(DemoSettings settings, PrintStream news) {
    this.settings = settings;
    this.news = news;
  }

  DemoReport run() throws Exception {
    DemoInput input = phases.run("start", this::start);
    long delivered = replayAndStream(input);
    PipelineTables tables = PipelineTables.open(spark, settings.pipeline());
    CompletableFuture<LandedCounts> counting =
        CompletableFuture.supplyAsync(() -> LandedCounts.of(spark, tables));
    ReconcileReport reconciled = phases.run("reconcile", () -> reconcile(tables));
    LandedCounts found = phases.run("count", counting::join);
    List<ViewReport> views =
        phases.run("count", () -> ViewReport.of(reconciled, view -> rows(tables, view)));
    phases.run(
        "stop",
        () -> {
          close();
          return null;
        });
    return new DemoReport(delivered, found, views, settings.options(), phases.seconds());
  }

  /** Stops all that was started, whether or not the demo came to its end. */
  @Override
  public void close() throws IOException {
    // Or else stopping would be interrupted too.
    Thread.interrupted();
    try {
      if (spark != null) {
        spark.close();
        spark = null;
      }
    } finally {
      if (starting != null) {
        // One that could not start has stopped what it had started, and its failure is known.
        LocalStack stack = starting.exceptionally(failure -> null).join();
        starting = null;
        if (stack != null) {
          stack.close();
          EnvironmentFile.update(
              LocalEnvironment.withoutServers(settings.lake()), environmentFile());
        }
      }
    }
  }

  private DemoInput start() throws IOException {
    try (Progress progress = Progress.start("start", 3, "steps")) {
      starting =
          CompletableFuture.supplyAsync(
              () -> LocalStack.tethered(settings.lake(), RegistryChoice.AUTO));
      DemoInput input = DemoInput.of(settings);
      progress.to(1);
      spark =
          Streams.session(settings.pipeline(), LocalEnvironment.withoutServers(settings.lake()));
      progress.to(2);
      LocalStack stack = starting.join();
      EnvironmentFile.update(environment(), environmentFile());
      progress.to(3);
      news.printf("Kafka at %s, schemas at %s%n", environment().brokers(), stack.registry());
      return input;
    }
  }

  /**
   * Events are landed and refreshed while they arrive, and landing is through before refreshing.
   */
  private long replayAndStream(DemoInput input) throws Exception {
    try (DemoStreams streams = new DemoStreams(spark, settings.pipeline(), environment())) {
      long delivered = phases.run("replay", () -> replay(input, streams));
      phases.run("land", () -> streams.awaitLanding(delivered));
      phases.run("refresh", () -> streams.awaitRefresh(delivered));
      return delivered;
    }
  }

  private long replay(DemoInput input, DemoStreams streams) throws Exception {
    createTopics();
    streams.open();
    replayDimensions(input);
    streams.start();
    long events = replayEvents(input);
    streams.awaitStart();
    return events;
  }

  /** Streams want their topics before the first record is there. */
  private void createTopics() {
    Environment environment = environment();
    settings
        .pipeline()
        .events()
        .forEach(events -> Topic.create(events.topic(), PARTITIONS, environment.clientSettings()));
  }

  private void replayDimensions(DemoInput input) {
    for (var dimension : settings.pipeline().dimensions()) {
      if (dimension.topic().isPresent()) {
        replay(input.products(), dimension.topic().get(), 1, Trouble.none(), OptionalLong.empty());
      }
    }
  }

  private long replayEvents(DemoInput input) {
    return settings.pipeline().events().stream()
        .mapToLong(
            events ->
                replay(
                    input.purchases(),
                    events.topic(),
                    PARTITIONS,
                    settings.trouble(),
                    input.lines()))
        .sum();
  }

  private long replay(
      Path file, String topic, int partitions, Trouble trouble, OptionalLong lines) {
    ReplaySource source = ReplaySource.of(settings.pipeline(), topic).orElseThrow();
    return new Replay(
            file,
            topic,
            partitions,
            EventColumns.reader(source.schema()),
            source.mapping(),
            trouble,
            OptionalLong.empty(),
            lines,
            false)
        .run(spark, environment(), delivery -> {})
        .delivered();
  }

  private ReconcileReport reconcile(PipelineTables tables) {
    return new ReconcileJob(spark, tables, Clock.systemUTC()).allClosed();
  }

  private long rows(PipelineTables tables, String view) {
    return tables.views().get(view).table().read(spark).count();
  }

  private Path environmentFile() {
    return settings.lake().resolve("environment.yaml");
  }

  private Environment environment() {
    return starting.join().environment().withPatience(PATIENCE);
  }
}
