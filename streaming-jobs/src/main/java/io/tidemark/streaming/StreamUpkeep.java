package io.tidemark.streaming;

import io.tidemark.upkeep.MaintainRun;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does every now and then what {@code maintain} does, in a thread of its own, so that no batch
 * waits for it. A run that fails is made up for by the next: landing must not end for it.
 */
final class StreamUpkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamUpkeep.class);

  /** What is in work when the stream ends may go on for so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Supplier<MaintainRun> runs;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread daemon = new Thread(work, "maintain");
            daemon.setDaemon(true);
            return daemon;
          });
  private volatile boolean isEnding;

  private StreamUpkeep(Supplier<MaintainRun> runs) {
    this.runs = runs;
  }

  /**
   * @param runs makes each run
   * @param first how long to wait before the first one
   * @param interval how long to wait after each one
   */
  static StreamUpkeep start(Supplier<MaintainRun> runs, Duration first, Duration interval) {
    StreamUpkeep upkeep = new StreamUpkeep(runs);
    upkeep.thread.scheduleWithFixedDelay(
        upkeep::run, first.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    return upkeep;
  }

  private void run() {
    try {
      MaintainRun run = runs.get();
      SparkSession.setActiveSession(run.spark());
      run.run(run.all(), () -> !isEnding, table -> {})
          .ifPresentOrElse(
              report -> LOG.info("maintain: {}", report.summary()),
              () -> LOG.info("maintain: another process is at it ({})", run.holder()));
    } catch (Exception e) { // Scala throws checked ones too.
      if (isEnding) {
        LOG.info("maintain was cut off as the stream ended; the next run does the rest", e);
      } else {
        LOG.warn("Cannot maintain the lake; the next run tries again", e);
      }
    }
  }

  /** From now on nothing is begun. */
  void end() {
    isEnding = true;
    thread.shutdown();
  }

  @Override
  public void close() {
    end();
    try {
      if (!thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
