package io.tidemark.local.bench;

import io.tidemark.local.ClusterJars;
import io.tidemark.local.Tether;
import io.tidemark.local.cluster.SparkCluster;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Submits an application to a cluster, as README.md says, and waits for what it tells.
 *
 * @param folder of the benchmark
 * @param passes that each application does its work
 */
record ClusterTurns(
    SparkCluster cluster, Path folder, Path environmentFile, Path pipeline, Path logs, int passes) {
  private static final String DRIVER_MEMORY = "2g";

  ClusterMeasurement measure(ClusterLoad load, int workers) {
    ProcessBuilder builder = new ProcessBuilder(submit(load, workers));
    builder.environment().putAll(cluster.variables());
    return new Turn(
            workers + (workers == 1 ? " worker" : " workers"),
            result(),
            logs.resolve("bench-cluster.log"))
        .run(builder, ClusterMeasurement.class);
  }

  private Path result() {
    return folder.resolve("result.json");
  }

  private List<String> submit(ClusterLoad load, int workers) {
    ClusterJars jars = ClusterJars.built();
    List<String> line = new ArrayList<>();
    line.add(Path.of(cluster.variables().get("SPARK_HOME"), "bin", "spark-submit").toString());
    line.addAll(List.of("--class", Tether.class.getName(), "--driver-memory", DRIVER_MEMORY));
    line.addAll(List.of("--total-executor-cores", Integer.toString(workers)));
    line.addAll(List.of("--executor-cores", "1"));
    // Or else it begins before all of its executors are there.
    line.addAll(List.of("--conf", "spark.scheduler.minRegisteredResourcesRatio=1.0"));
    line.add("--jars");
    line.add(jars.others().stream().map(Path::toString).collect(Collectors.joining(",")));
    line.add(jars.application().toString());
    line.add(ClusterWorker.class.getName());
    line.add(environmentFile.toString());
    line.add(pipeline.toString());
    line.add(folder.resolve("lakes").toString());
    line.add(Integer.toString(workers));
    line.add(Long.toString(load.batch()));
    line.add(Integer.toString(load.most()));
    line.add(Integer.toString(passes));
    line.add(result().toString());
    return line;
  }
}
