package io.tidemark.local.bench;

import org.apache.spark.executor.TaskMetrics;

/**
 * What tasks took together, as their executors measure it.
 *
 * @param tasks how many
 * @param failed how many of them failed, and were tried again
 * @param seconds in which an executor was at a task: to unpack it, to run it, to pack its result
 * @param cpuSeconds of the task's own thread, of these
 * @param collectorSeconds in which Java collected garbage, of these
 * @param fetchSeconds in which it waited for what other tasks had written for it, of these
 * @param shuffleWriteSeconds in which it wrote for other tasks, of these
 * @param shuffleBytes what was written so
 */
record TaskSums(
    long tasks,
    long failed,
    double seconds,
    double cpuSeconds,
    double collectorSeconds,
    double fetchSeconds,
    double shuffleWriteSeconds,
    long shuffleBytes) {
  static final TaskSums NONE = new TaskSums(0, 0, 0, 0, 0, 0, 0, 0);

  TaskSums plus(boolean hasFailed, TaskMetrics task) {
    return new TaskSums(
        tasks + 1,
        failed + (hasFailed ? 1 : 0),
        seconds
            + (task.executorDeserializeTime()
                    + task.executorRunTime()
                    + task.resultSerializationTime())
                / 1e3,
        cpuSeconds + (task.executorDeserializeCpuTime() + task.executorCpuTime()) / 1e9,
        collectorSeconds + task.jvmGCTime() / 1e3,
        fetchSeconds + task.shuffleReadMetrics().fetchWaitTime() / 1e3,
        shuffleWriteSeconds + task.shuffleWriteMetrics().writeTime() / 1e9,
        shuffleBytes + task.shuffleWriteMetrics().bytesWritten());
  }
}
