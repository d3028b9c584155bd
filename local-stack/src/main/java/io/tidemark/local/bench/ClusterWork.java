package io.tidemark.local.bench;

import io.tidemark.local.SparkDistribution;
import io.tidemark.local.cluster.SparkCluster;
import io.tidemark.local.replay.Share;
import io.tidemark.output.Progress;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.PipelineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.io.FileUtils;

/**
 * Fills a topic once, starts a cluster, and lets each number of workers take its turn in every
 * round, with an application of its own.
 *
 * @param folder everything is below it
 * @param pipeline the folder of a pipeline of purchases
 * @param passes that each application does its work, of which the last counts
 * @param settings more Spark properties; they win
 */
record ClusterWork(
    Environment servers,
    Path folder,
    Path pipeline,
    Path logs,
    int passes,
    Map<String, String> settings) {
  /** As docs/cluster.md advises for a core. */
  private static final int EXECUTOR_MEGABYTES = 2_048;

  ClusterReport run(ClusterLoad load) throws IOException {
    load.requireProcessors(Runtime.getRuntime().availableProcessors());
    Path home = SparkDistribution.home(System.getenv());
    Delivered delivered =
        new BenchTopics(servers, PipelineFile.read(pipeline))
            .fill(load.events(), Share.NONE, load.partitions());
    Path environmentFile = folder.resolve("environment.yaml");
    EnvironmentFile.write(servers, environmentFile);
    Map<Integer, List<ClusterMeasurement>> measured = new TreeMap<>();
    try (SparkCluster cluster =
            SparkCluster.start(home, folder.resolve("cluster"), EXECUTOR_MEGABYTES, properties());
        Progress progress =
            Progress.start("Measuring", (long) load.rounds() * load.workers().size(), "turns")) {
      for (int i = 0; i < load.most(); i++) {
        cluster.addWorker();
      }
      ClusterTurns turns =
          new ClusterTurns(cluster, folder, environmentFile, pipeline, logs, passes);
      for (int round = 0; round < load.rounds(); round++) {
        for (int workers : load.workers()) {
          measured
              .computeIfAbsent(workers, none -> new ArrayList<>())
              .add(turns.measure(load, workers));
          FileUtils.deleteDirectory(folder.resolve("lakes").toFile());
          progress.step();
        }
      }
    }
    return ClusterReport.of(load, delivered, measured);
  }

  /**
   * Java sees all of the machine, and would collect garbage with more cores than an executor has.
   */
  private Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    properties.put(
        "spark.executor.extraJavaOptions",
        "-XX:ActiveProcessorCount=1 -Xms%dm".formatted(EXECUTOR_MEGABYTES));
    properties.put("spark.local.dir", folder.resolve("driver").toString());
    properties.put("spark.ui.port", "0");
    properties.putAll(settings);
    return properties;
  }
}
