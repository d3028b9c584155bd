package io.tidemark.streaming;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A view's refresh that is started again after a failure, ever more patiently, while landing goes
 * on beside it.
 */
final class Refreshing {
  private static final Logger LOG = LoggerFactory.getLogger(Refreshing.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final RefreshJob job;
  private final SparkSession spark;
  private final Trigger trigger;
  private StreamingQuery query;
  private Duration pause = FIRST_PAUSE;
  private Instant next = Instant.MIN;

  private Refreshing(RefreshJob job, SparkSession spark, Trigger trigger, StreamingQuery query) {
    this.job = job;
    this.spark = spark;
    this.trigger = trigger;
    this.query = query;
  }

  static Refreshing start(RefreshJob job, SparkSession spark, Trigger trigger)
      throws TimeoutException {
    return new Refreshing(job, spark, trigger, job.start(spark, trigger));
  }

  StreamingQuery query() {
    return query;
  }

  /** Starts the query again if it has failed and its pause is over. */
  void revive() throws TimeoutException {
    if (query.isActive() || query.exception().isEmpty()) {
      return;
    }
    Instant now = Instant.now();
    if (next.equals(Instant.MIN)) {
      LOG.error(
          "{} failed and is started again in {} s; landing and the other views go on",
          job.query(),
          pause.toSeconds(),
          query.exception().get());
      next = now.plus(pause);
    } else if (!now.isBefore(next)) {
      query = job.start(spark, trigger);
      next = Instant.MIN;
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
  }
}
