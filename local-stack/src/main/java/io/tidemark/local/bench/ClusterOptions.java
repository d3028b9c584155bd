package io.tidemark.local.bench;

import io.tidemark.pipeline.Environment;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** What {@code tidemark bench --cluster} is asked. */
final class ClusterOptions {
  static final long EVENTS = 1_000_000;

  /** As docs/cluster.md advises. */
  private static final long BATCH_OF_A_WORKER = 100_000;

  /** One in small batches to warm up, and one more. */
  private static final int PASSES = 3;

  @Option(
      names = "--cluster",
      description =
          "Land and refresh on a Spark cluster of this machine, with few workers of one core and then with more, and measure what they gain and what does not scale.")
  private boolean asked;

  @Option(
      names = "--workers",
      paramLabel = "N",
      split = ",",
      defaultValue = "1,2",
      description =
          "With --cluster: how many workers, no more than processors (default: ${DEFAULT-VALUE}). The others are compared with the smallest of them.")
  private List<Integer> workers;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "With --cluster: how many records a landing batch has at most (default: 100000 times the largest number of --workers).")
  private Long batch;

  ClusterLoad load(long events, int rounds) {
    long records = batch == null ? BATCH_OF_A_WORKER * ClusterLoad.most(workers) : batch;
    ClusterLoad load = new ClusterLoad(events, rounds, workers, records);
    load.requireProcessors(Runtime.getRuntime().availableProcessors());
    return load;
  }

  static ClusterWork work(Environment servers, Path folder, Path pipeline, Path logs) {
    return new ClusterWork(servers, folder, pipeline, logs, PASSES, Map.of());
  }
}
