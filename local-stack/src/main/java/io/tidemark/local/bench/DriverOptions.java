package io.tidemark.local.bench;

import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What {@code tidemark bench --driver} is asked. */
final class DriverOptions {
  /** Before them Java compiles most of what the others need. */
  private static final int WARM_UP = 1;

  private static final int ROUNDS = 3;

  /** With one of a second, dozens of views do nothing but look. */
  private static final Duration TRIGGER = Duration.ofSeconds(10);

  private static final Duration LULL = Duration.ofSeconds(30);

  @Option(
      names = "--driver",
      description =
          "Measure what the driver does in a batch of many partitions, views and tasks, in one process and with few records: planning, results of tasks, commits.")
  private boolean asked;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "1000",
      description = "With --driver: of the topic (default: ${DEFAULT-VALUE}).")
  private int partitions;

  @Option(
      names = "--views",
      paramLabel = "N",
      defaultValue = "50",
      description = "With --driver: that are refreshed (default: ${DEFAULT-VALUE}).")
  private int views;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "With --driver: that land, no more than partitions (default: ${DEFAULT-VALUE}).")
  private int tasks;

  DriverLoad load() {
    return new DriverLoad(partitions, views, tasks);
  }

  static DriverWork work(Environment servers, Path folder, Pipeline pipeline) {
    return new DriverWork(servers, folder, pipeline, WARM_UP, ROUNDS, TRIGGER, LULL);
  }
}
