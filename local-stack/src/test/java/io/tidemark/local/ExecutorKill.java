package io.tidemark.local;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.local.SparkRest.Running;
import io.tidemark.local.cluster.SparkCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.awaitility.core.ConditionTimeoutException;

/** Kills the executor of a task that runs, of an application that goes on. */
record ExecutorKill(
    SparkCluster cluster, SubmittedVerb verb, SparkRest driver, String application) {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration LOOK = Duration.ofMillis(10);

  /** What a driver has still to be told of before its word counts. */
  private static final Duration UNDER_WAY = Duration.ofMillis(200);

  /**
   * Waits for a task of such a stage. All executors are held while one is looked for, so that none
   * ends between the look and the kill.
   *
   * @return the task
   */
  Running during(Predicate<JsonNode> stage) {
    AtomicReference<Running> killed = new AtomicReference<>();
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(LOOK)
        .until(
            () -> {
              verb.requireAlive();
              return !driver.tasks(application, stage).isEmpty() && kill(stage, killed);
            });
    return killed.get();
  }

  private boolean kill(Predicate<JsonNode> stage, AtomicReference<Running> killed)
      throws IOException, InterruptedException {
    List<ProcessHandle> held =
        driver.executors(application).stream()
            .flatMap(id -> cluster.executor(application, id).stream())
            .toList();
    signal("STOP", held);
    try {
      Optional<Running> task = driver.tasks(application, stage).stream().findFirst();
      if (task.isEmpty() || !runs(task.get(), stage)) {
        return false;
      }
      cluster.killExecutor(application, task.get().executor());
      killed.set(task.get());
      return true;
    } finally {
      signal("CONT", held);
    }
  }

  /** Its end may have been on its way to the driver. */
  private boolean runs(Running task, Predicate<JsonNode> stage) {
    try {
      await()
          .during(UNDER_WAY)
          .atMost(UNDER_WAY.multipliedBy(2))
          .pollInterval(LOOK)
          .until(() -> driver.tasks(application, stage).contains(task));
      return true;
    } catch (ConditionTimeoutException ended) {
      return false;
    }
  }

  private static void signal(String name, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    for (ProcessHandle process : processes) {
      if (process.isAlive()) {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
      }
    }
  }
}
