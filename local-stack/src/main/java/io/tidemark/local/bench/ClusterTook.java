package io.tidemark.local.bench;

import java.util.List;
import java.util.Map;

/**
 * What work took on a cluster.
 *
 * @param workers of one core each
 * @param wallSeconds from its beginning to its end
 * @param driverCpuSeconds of the driver's process, all threads
 * @param executorCpuSeconds of the executors' processes, all threads
 * @param machineCpuSeconds of all processes of the machine
 * @param noJobSeconds of the wall seconds, those in which no job ran, by what the driver was about
 * @param tasks sums over all tasks
 * @param batches of the query that did the work
 */
record ClusterTook(
    int workers,
    double wallSeconds,
    double driverCpuSeconds,
    double executorCpuSeconds,
    double machineCpuSeconds,
    Map<DriverTime, Double> noJobSeconds,
    TaskSums tasks,
    List<QueryNotes.Batch> batches) {
  ClusterTook {
    noJobSeconds = Map.copyOf(noJobSeconds);
    batches = List.copyOf(batches);
  }

  /** What the workers' cores had to give, each from the beginning to the end. */
  double coreSeconds() {
    return workers * wallSeconds;
  }

  /** Of the wall seconds. */
  double withoutJobSeconds() {
    return noJobSeconds.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Of the cores' seconds, those in which a job ran, and the core had no task of it. */
  double idleSeconds() {
    return workers * (wallSeconds - withoutJobSeconds()) - tasks.seconds();
  }
}
