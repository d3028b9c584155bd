package io.tidemark.local.bench;

import io.tidemark.landing.Landing;
import io.tidemark.output.WrongUsageException;

/**
 * What a driver has to do in a batch.
 *
 * @param partitions of the topic: a span of offsets each, and a row of the ledger
 * @param views that are refreshed after a landing
 * @param tasks that land: a result each, and a file
 */
public record DriverLoad(int partitions, int views, int tasks) {
  public DriverLoad {
    if (partitions < 1 || views < 1 || tasks < 1) {
      throw new WrongUsageException(
          "Cannot measure a driver with %d partitions, %d views and %d tasks: give at least one of each"
              .formatted(partitions, views, tasks));
    }
    if (tasks > partitions) {
      throw new WrongUsageException(
          "Cannot measure a driver with %d tasks and %d partitions: a task lands whole partitions, so give at least as many"
              .formatted(tasks, partitions));
    }
    if ((long) tasks * Landing.PARTITIONS_PER_TASK < partitions) {
      throw new WrongUsageException(
          "Cannot measure a driver with %d tasks and %d partitions: a task lands at most %d partitions, so give more tasks"
              .formatted(tasks, partitions, Landing.PARTITIONS_PER_TASK));
    }
  }

  /** So many that landing makes of them the tasks that are asked for. */
  long offsetsOfAPartition() {
    return (long) tasks * Landing.RECORDS_PER_TASK / partitions;
  }
}
