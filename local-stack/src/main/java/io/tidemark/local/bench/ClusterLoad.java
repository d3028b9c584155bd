package io.tidemark.local.bench;

import io.tidemark.output.WrongUsageException;
import java.util.Collection;
import java.util.List;

/**
 * What is done on a cluster, with each number of workers.
 *
 * @param events purchases
 * @param rounds how often each number of workers takes its turn
 * @param workers of one core each; ascending, each once
 * @param batch how many records a landing batch has at most
 */
record ClusterLoad(long events, int rounds, List<Integer> workers, long batch) {
  private static final int LEAST_PARTITIONS = 8;
  private static final int PARTITIONS_OF_A_WORKER = 4;

  ClusterLoad {
    workers = workers.stream().distinct().sorted().toList();
    if (events < 1 || rounds < 1 || batch < 1 || workers.isEmpty() || workers.get(0) < 1) {
      throw new WrongUsageException(
          "Cannot measure %,d events, batches of %,d, %d rounds and %s workers: give at least one of each"
              .formatted(events, batch, rounds, workers));
    }
  }

  /**
   * @throws WrongUsageException if the machine has fewer processors than workers
   */
  void requireProcessors(int processors) {
    if (most(workers) > processors) {
      throw new WrongUsageException(
          "Cannot measure %d workers on %d processors: each worker needs one. Give --workers no more than %d"
              .formatted(most(workers), processors, processors));
    }
  }

  /** Of those that are asked for. */
  int most() {
    return most(workers);
  }

  static int most(Collection<Integer> workers) {
    return workers.stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  /** Of the topic. */
  int partitions() {
    return Math.max(LEAST_PARTITIONS, PARTITIONS_OF_A_WORKER * most());
  }
}
