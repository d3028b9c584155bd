package io.tidemark.local.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A kind of work with a number of workers: the round whose wall time is the median, so that its
 * parts add up.
 *
 * @param rounds wall seconds of all of them, ascending
 * @param efficiency events a second and worker, over those of the fewest workers
 * @param taskEfficiency executor seconds in tasks of the fewest workers, over those of these
 * @param otherCpuSecondsPerMillion of all processes of the machine that are neither driver nor
 *     executor: the broker, master and workers, strangers
 * @param noJobSeconds of the wall seconds, those in which no job ran
 * @param parts what becomes of the workers' cores from the beginning to the end: workers times wall
 *     seconds
 * @param batches of the query
 */
public record ClusterRow(
    String work,
    int workers,
    double wallSeconds,
    List<Double> rounds,
    long eventsPerSecond,
    double efficiency,
    double taskEfficiency,
    double executorCpuSecondsPerMillion,
    double driverCpuSecondsPerMillion,
    double otherCpuSecondsPerMillion,
    double noJobSeconds,
    List<Part> parts,
    TaskSums tasks,
    QueryBatches batches) {
  public ClusterRow {
    rounds = List.copyOf(rounds);
    parts = List.copyOf(parts);
  }

  /**
   * @param coreSeconds of the workers' cores
   */
  public record Part(String name, double coreSeconds) {}

  /**
   * @param took of each round
   * @param fewest the same work's with the fewest workers
   */
  static ClusterRow of(
      Contender work, long events, List<ClusterTook> took, List<ClusterTook> fewest) {
    ClusterTook median = median(took);
    ClusterTook base = median(fewest);
    double millions = events / 1e6;
    double others =
        median.machineCpuSeconds() - median.executorCpuSeconds() - median.driverCpuSeconds();
    return new ClusterRow(
        work.label(),
        median.workers(),
        median.wallSeconds(),
        took.stream().map(ClusterTook::wallSeconds).sorted().toList(),
        Math.round(events / median.wallSeconds()),
        base.coreSeconds() / median.coreSeconds(),
        base.tasks().seconds() / median.tasks().seconds(),
        median.executorCpuSeconds() / millions,
        median.driverCpuSeconds() / millions,
        others / millions,
        median.withoutJobSeconds(),
        parts(median),
        median.tasks(),
        QueryBatches.of(work.label(), median.batches(), Collections.emptyList()));
  }

  private static ClusterTook median(List<ClusterTook> rounds) {
    return rounds.stream()
        .sorted(Comparator.comparingDouble(ClusterTook::wallSeconds))
        .skip((rounds.size() - 1) / 2)
        .findFirst()
        .orElseThrow();
  }

  private static List<Part> parts(ClusterTook took) {
    TaskSums tasks = took.tasks();
    List<Part> parts = new ArrayList<>();
    parts.add(new Part("tasks compute", tasks.cpuSeconds()));
    parts.add(new Part("tasks collect garbage", tasks.collectorSeconds()));
    parts.add(new Part("tasks wait for a shuffle", tasks.fetchSeconds()));
    parts.add(
        new Part(
            "tasks wait otherwise",
            tasks.seconds()
                - tasks.cpuSeconds()
                - tasks.collectorSeconds()
                - tasks.fetchSeconds()));
    parts.add(new Part("a job, and no task for the core", took.idleSeconds()));
    Stream.of(DriverTime.values())
        .map(
            kind ->
                new Part(
                    "no job: " + kind.label(),
                    took.workers() * took.noJobSeconds().getOrDefault(kind, 0.0)))
        .forEach(parts::add);
    return parts;
  }

  /** Of the wall time, from 0 to 1. */
  double noJobShare() {
    return noJobSeconds / wallSeconds;
  }
}
