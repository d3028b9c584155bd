package io.tidemark.streaming;

import io.tidemark.upkeep.MaintainReport;
import io.tidemark.upkeep.MaintainRun;
import io.tidemark.upkeep.MaintainWatch;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does every now and then what {@code maintain} does, in a thread of its own beside the batches. A
 * run that fails is made up for by the next: landing must not end for it.
 */
final class StreamUpkeep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamUpkeep.class);
  private static final String NAME = "maintain";

  /** What is being done when the stream ends may go on for so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How long to wait for another process that maintains the same lake. */
  private static final Duration BUSY = Duration.ofMinutes(5);

  private final SparkSession spark;
  private final Supplier<MaintainRun> runs;
  private final Duration interval;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread daemon = new Thread(work, NAME);
            daemon.setDaemon(true);
            return daemon;
          });
  private volatile boolean isEnding;

  private StreamUpkeep(SparkSession spark, Supplier<MaintainRun> runs, Duration interval) {
    this.spark = spark;
    this.runs = runs;
    this.interval = interval;
    // Or else whoever closes it waits for the next run, which is not to begin any more.
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * @param runs makes each run
   * @param first how long to wait before the first one
   * @param interval how long to wait after each one
   */
  static StreamUpkeep start(
      SparkSession spark, Supplier<MaintainRun> runs, Duration first, Duration interval) {
    StreamUpkeep upkeep = new StreamUpkeep(spark, runs, interval);
    upkeep.next(first);
    return upkeep;
  }

  private void next(Duration wait) {
    try {
      thread.schedule(this::work, wait.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException ending) {
      LOG.debug("No next maintain: the stream ends", ending);
    }
  }

  private void work() {
    Duration wait = interval;
    try {
      SparkSession.setActiveSession(spark);
      // Its jobs take turns with those of the batches, and can be cancelled.
      spark.sparkContext().setLocalProperty("spark.scheduler.pool", NAME);
      spark.sparkContext().setJobGroup(NAME, "maintain, in the stream", true);
      LOG.info("maintain begins");
      MaintainRun run = runs.get();
      Optional<MaintainReport> report = run.run(run.all(), untilTheStreamEnds());
      if (report.isPresent()) {
        LOG.info("maintain: {}", report.get().summary());
      } else {
        wait = BUSY.compareTo(interval) < 0 ? BUSY : interval;
        LOG.info("maintain: another process is doing it ({}); next try in {}", run.holder(), wait);
      }
    } catch (Throwable e) { // Also an Error: without a next run tables would only grow.
      if (isEnding) {
        LOG.info("maintain was cut off, since the stream ends; the next run does the rest", e);
      } else {
        LOG.error("Cannot maintain the lake; next try in {}", wait, e);
      }
    } finally {
      next(wait);
    }
  }

  private MaintainWatch untilTheStreamEnds() {
    return new MaintainWatch() {
      @Override
      public boolean goesOn() {
        return !isEnding;
      }

      @Override
      public boolean cutsOff() {
        return isEnding;
      }
    };
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
        spark.sparkContext().cancelJobGroup(NAME);
        thread.shutdownNow();
        if (!thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
          LOG.warn("maintain does not end; the process ends without it");
        }
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
