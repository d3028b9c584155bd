package io.tidemark.local.demo;

import io.tidemark.cli.Progress;
import io.tidemark.lake.PipelineTables;
import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import io.tidemark.local.replay.Replay;
import io.tidemark.local.replay.ReplaySource;
import io.tidemark.local.replay.Topic;
import io.tidemark.local.replay.Trouble;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
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
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.SparkSession;

/**
 * Runs a pipeline from a file of purchases to sealed numbers, on a broker and registry of its own.
 */
final class Demo implements AutoCloseable {
  private static final int PARTITIONS = 2;
  private static final Duration MOMENT = Duration.ofMillis(200);

  private final DemoSettings settings;
  private final PrintStream news;
  private final Phases phases = new Phases();
  private LocalStack stack;
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
    ReconcileReport reconciled = phases.run("reconcile", this::reconcile);
    var found = DemoFindings.of(spark, tables(), reconciled);
    phases.run(
        "stop",
        () -> {
          close();
          return null;
        });
    return new DemoReport(delivered, found, settings.lake(), phases.seconds());
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
      if (stack != null) {
        stack.close();
        stack = null;
      }
    }
  }

  private DemoInput start() throws IOException {
    try (Progress progress = Progress.start("start", 3, "steps")) {
      CompletableFuture<LocalStack> starting =
          CompletableFuture.supplyAsync(
              () -> LocalStack.tethered(settings.lake(), RegistryChoice.AUTO));
      DemoInput input = DemoInput.of(settings);
      progress.to(1);
      stack = starting.join();
      progress.to(2);
      Path file = settings.lake().resolve("environment.yaml");
      EnvironmentFile.write(environment(), file);
      spark = Streams.session(settings.pipeline(), environment());
      progress.to(3);
      news.printf("Kafka at %s, schemas in %s%n", environment().brokers(), stack.registry());
      return input;
    }
  }

  /**
   * Events are landed and refreshed while they arrive, and landing is through before refreshing.
   */
  private long replayAndStream(DemoInput input) throws Exception {
    Pipeline pipeline = settings.pipeline();
    StreamProgress seen = new StreamProgress(pipeline.name());
    spark.streams().addListener(seen);
    try (Streams streams = Streams.open(spark, pipeline, environment())) {
      long delivered =
          phases.run(
              "replay",
              () -> {
                createTopics();
                replayDimensions(input);
                Future<Void> started =
                    inBackground(
                        () -> {
                          streams.start();
                          return null;
                        });
                try {
                  return replayEvents(input);
                } finally {
                  // Even after a failure: streams that are being started cannot be closed.
                  result(started);
                }
              });
      phases.run("land", () -> awaitLanding(streams, seen, delivered));
      phases.run("refresh", () -> awaitRefresh(streams, seen, delivered));
      return delivered;
    } finally {
      spark.streams().removeListener(seen);
    }
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

  private static void result(Future<Void> done) throws Exception {
    try {
      done.get();
    } catch (ExecutionException e) {
      throw cause(e);
    }
  }

  private static Exception cause(ExecutionException failure) {
    return failure.getCause() instanceof Exception cause ? cause : failure;
  }

  private static Future<Void> inBackground(Callable<Void> task) {
    FutureTask<Void> future = new FutureTask<>(task);
    Thread thread = new Thread(future, "demo-streams");
    thread.setDaemon(true);
    thread.start();
    return future;
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
            lines)
        .run(spark, environment(), delivery -> {})
        .delivered();
  }

  private long awaitLanding(Streams streams, StreamProgress seen, long delivered) throws Exception {
    List<String> events = settings.pipeline().events().stream().map(EventSource::name).toList();
    try (Progress progress = Progress.start("land", delivered, "records")) {
      while (seen.landed(events) < delivered) {
        streams.tend(MOMENT);
        progress.to(seen.landed(events));
      }
      return seen.landed(events);
    }
  }

  private long awaitRefresh(Streams streams, StreamProgress seen, long delivered) throws Exception {
    long total = delivered * settings.pipeline().views().size();
    CompletableFuture<Void> drained = CompletableFuture.runAsync(streams::drain);
    try (Progress progress = Progress.start("refresh", total, "records")) {
      while (true) {
        try {
          drained.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
          return seen.refreshed();
        } catch (TimeoutException notYet) {
          progress.to(Math.min(seen.refreshed(), total));
        } catch (ExecutionException e) {
          throw cause(e);
        }
      }
    }
  }

  private ReconcileReport reconcile() {
    return new ReconcileJob(spark, tables(), Clock.systemUTC()).allClosed();
  }

  private PipelineTables tables() {
    return PipelineTables.open(spark, settings.pipeline());
  }

  private Environment environment() {
    return stack.environment();
  }
}
