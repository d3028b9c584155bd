package io.tidemark.local.bench;

import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkContext;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerJobEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.StageInfo;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tells what the driver does from what executors would do, in a Spark that has both in one process:
 * executors run tasks, and the driver everything else.
 */
final class TaskTimes extends SparkListener {
  private final SparkContext spark;
  private final JobSpans jobs = new JobSpans();
  private long taskNanos;
  private int mostTasks;

  private TaskTimes(SparkContext spark) {
    this.spark = spark;
  }

  /** Something that is measured. */
  interface Work {
    void run() throws Exception;
  }

  /**
   * @param wallSeconds from its beginning to its end
   * @param ownSeconds of these, those in which no job ran
   * @param driverCpuSeconds of all but the tasks, the compiler's and the garbage collector's too
   * @param taskCpuSeconds of the tasks
   * @param mostTasks how many tasks the largest stage of its jobs had
   */
  record Took(
      double wallSeconds,
      double ownSeconds,
      double driverCpuSeconds,
      double taskCpuSeconds,
      int mostTasks) {}

  static TaskTimes of(SparkContext spark) {
    TaskTimes times = new TaskTimes(spark);
    spark.addSparkListener(times);
    return times;
  }

  /** Nothing else may run in this process meanwhile. */
  Took measure(Work work) throws Exception {
    settle();
    reset();
    Usage before = Usage.ofThisProcess();
    work.run();
    Usage used = Usage.ofThisProcess().since(before);
    settle();
    return took(used);
  }

  private synchronized Took took(Usage used) {
    double tasks = taskNanos / 1e9;
    return new Took(
        used.wallSeconds(),
        Math.max(0, used.wallSeconds() - jobs.seconds()),
        Math.max(0, used.cpuSeconds() - tasks),
        tasks,
        mostTasks);
  }

  private synchronized void reset() {
    jobs.clear();
    taskNanos = 0;
    mostTasks = 0;
  }

  /** Spark tells of what has ended a moment later. */
  private void settle() throws TimeoutException {
    spark.listenerBus().waitUntilEmpty();
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    jobs.begin(job.time());
    for (StageInfo stage : CollectionConverters.asJava(job.stageInfos())) {
      mostTasks = Math.max(mostTasks, stage.numTasks());
    }
  }

  @Override
  public synchronized void onJobEnd(SparkListenerJobEnd job) {
    jobs.end(job.time());
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd task) {
    TaskMetrics metrics = task.taskMetrics();
    if (metrics != null) {
      taskNanos += metrics.executorCpuTime() + metrics.executorDeserializeCpuTime();
    }
  }
}
