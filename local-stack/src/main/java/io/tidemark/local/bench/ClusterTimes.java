package io.tidemark.local.bench;

import io.tidemark.local.cluster.Executors;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;

/**
 * Measures, in the driver, what work takes of it and of its executors, which are processes of the
 * same machine.
 */
final class ClusterTimes extends SparkListener {
  private final SparkContext spark;
  private final int workers;
  private final JobSpans jobs = new JobSpans();
  private TaskSums tasks = TaskSums.NONE;

  private ClusterTimes(SparkContext spark, int workers) {
    this.spark = spark;
    this.workers = workers;
  }

  /** Something that is measured. */
  interface Work {
    void run() throws Exception;
  }

  /**
   * @param workers how many of one core the application has
   */
  static ClusterTimes of(SparkContext spark, int workers) {
    ClusterTimes times = new ClusterTimes(spark, workers);
    spark.addSparkListener(times);
    return times;
  }

  /**
   * Nothing else may run in this application meanwhile.
   *
   * @param session whose queries do the work
   * @throws IllegalStateException if it has not as many executors as workers
   */
  ClusterTook measure(SparkSession session, Work work) throws Exception {
    BatchListener batches = new BatchListener();
    session.streams().addListener(batches);
    try {
      List<ProcessHandle> executors = executors();
      settle();
      reset();
      DriverSamples samples = DriverSamples.start();
      ClusterUsage before = ClusterUsage.of(executors);
      try {
        work.run();
      } finally {
        samples.close();
      }
      ClusterUsage used = ClusterUsage.of(executors).since(before);
      settle();
      return took(used, samples, batches);
    } finally {
      session.streams().removeListener(batches);
    }
  }

  private List<ProcessHandle> executors() {
    List<ProcessHandle> executors =
        Executors.of(spark.applicationId(), ProcessHandle.allProcesses()).toList();
    if (executors.size() != workers) {
      throw new IllegalStateException(
          "Cannot measure %d workers: the application has %d executors on this machine"
              .formatted(workers, executors.size()));
    }
    return executors;
  }

  private synchronized ClusterTook took(
      ClusterUsage used, DriverSamples samples, BatchListener batches) {
    double wall = used.driver().wallSeconds();
    Map<DriverTime, Double> noJob =
        samples.divide(Math.max(0, wall - jobs.seconds()), at -> !jobs.cover(at));
    return new ClusterTook(
        workers,
        wall,
        used.driver().cpuSeconds(),
        used.executors().toMillis() / 1e3,
        used.machineCpuSeconds(),
        noJob,
        tasks,
        batches.take());
  }

  private synchronized void reset() {
    jobs.clear();
    tasks = TaskSums.NONE;
  }

  /** Spark tells of what has ended a moment later. */
  private void settle() throws TimeoutException {
    spark.listenerBus().waitUntilEmpty();
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    jobs.begin(job.time());
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd job) {
    jobs.end(job.time());
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    if (task.taskMetrics() != null) {
      tasks = tasks.plus(task.taskInfo().failed(), task.taskMetrics());
    }
  }
}
