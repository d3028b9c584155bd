package io.tidemark.local.demo;

import io.tidemark.output.Progress;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.streaming.Streams;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.SparkSession;

/** The streams of a demo, which are opened and started while it does other things. */
final class DemoStreams implements AutoCloseable {
  private static final Duration MOMENT = Duration.ofMillis(200);

  private final SparkSession spark;
  private final Pipeline pipeline;
  private final Environment environment;
  private final StreamProgress seen;

  /** One thread, so that starting comes after opening, and closing after both. */
  private final ExecutorService background = Executors.newSingleThreadExecutor();

  private volatile Streams streams;
  private Future<Void> started;

  DemoStreams(SparkSession spark, Pipeline pipeline, Environment environment) {
    this.spark = spark;
    this.pipeline = pipeline;
    this.environment = environment;
    this.seen = new StreamProgress(pipeline.name());
    spark.streams().addListener(seen);
  }

  void open() {
    started = inBackground(() -> streams = Streams.open(spark, pipeline, environment));
  }

  /** The dimensions' topics have all their records by now. */
  void start() {
    Future<Void> opened = started;
    started =
        inBackground(
            () -> {
              result(opened);
              streams.start();
            });
  }

  void awaitStart() throws Exception {
    try (Progress progress = Progress.plan("start streams", 1, "step")) {
      result(started);
      progress.step();
    }
  }

  long awaitLanding(long delivered) throws Exception {
    List<String> events = pipeline.events().stream().map(EventSource::name).toList();
    try (Progress progress = Progress.start("land", delivered, "records")) {
      while (seen.landed(events) < delivered) {
        streams.tend(MOMENT);
        progress.to(seen.landed(events));
      }
      progress.to(seen.landed(events));
      return seen.landed(events);
    }
  }

  long awaitRefresh(long delivered) throws Exception {
    long total = delivered * pipeline.views().size();
    CompletableFuture<Void> drained = CompletableFuture.runAsync(streams::drain);
    try (Progress progress = Progress.start("refresh", total, "records")) {
      while (true) {
        try {
          drained.get(MOMENT.toMillis(), TimeUnit.MILLISECONDS);
          progress.to(seen.refreshed());
          return seen.refreshed();
        } catch (TimeoutException notYet) {
          progress.to(Math.min(seen.refreshed(), total));
        } catch (ExecutionException e) {
          throw cause(e);
        }
      }
    }
  }

  private Future<Void> inBackground(Task task) {
    return background.submit(
        () -> {
          task.run();
          return null;
        });
  }

  private static void result(Future<Void> task) throws Exception {
    try {
      task.get();
    } catch (ExecutionException e) {
      throw cause(e);
    }
  }

  private static Exception cause(ExecutionException failure) {
    return failure.getCause() instanceof Exception cause ? cause : failure;
  }

  /** Ends every query between two of its batches, once all are started. */
  @Override
  public void close() throws TimeoutException {
    // What was asked for before is through then: streams that are being started cannot be closed.
    CompletableFuture.runAsync(() -> {}, background).join();
    background.shutdown();
    // Or else closing would be interrupted too.
    Thread.interrupted();
    try {
      if (streams != null) {
        streams.close();
      }
    } finally {
      spark.streams().removeListener(seen);
    }
  }

  private interface Task {
    void run() throws Exception;
  }
}
