package io.tidemark.streaming;

import io.tidemark.output.FailureReason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.OptionConverters;

/**
 * A view's refresh that is started again after a failure, ever more patiently, while landing goes
 * on beside it.
 */
final class Refreshing {
  private static final Logger LOG = LoggerFactory.getLogger(Refreshing.class);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  private final String name;
  private final QueryStart refresh;
  private final Clock clock;
  private Optional<StreamingQuery> query = Optional.empty();
  private Optional<Exception> notStarted = Optional.empty();
  private Duration pause = FIRST_PAUSE;
  private Instant next = Instant.MIN;

  private Refreshing(String name, QueryStart refresh, Clock clock) {
    this.name = name;
    this.refresh = refresh;
    this.clock = clock;
  }

  /** A view whose query cannot be started is one that has failed. */
  static Refreshing start(RefreshJob job, SparkSession spark, Trigger trigger) {
    return start(job.query(), () -> job.start(spark, trigger), Clock.systemUTC());
  }

  /**
   * @param name of the query
   * @param clock that pauses go by
   */
  static Refreshing start(String name, QueryStart refresh, Clock clock) {
    Refreshing refreshing = new Refreshing(name, refresh, clock);
    refreshing.start();
    return refreshing;
  }

  private void start() {
    try {
      query = Optional.of(refresh.start());
      notStarted = Optional.empty();
    } catch (Exception e) { // Scala throws checked ones too.
      query = Optional.empty();
      notStarted = Optional.of(e);
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The query that runs or has ended, empty if it could not be started. */
  Optional<StreamingQuery> query() {
    return query;
  }

  /**
   * The query, started.
   *
   * @throws IllegalStateException if it could not be
   */
  StreamingQuery started() {
    return query.orElseThrow(
        () -> {
          Exception reason = notStarted.orElseThrow();
          return new IllegalStateException(
              "Cannot start %s: %s".formatted(name, FailureReason.of(reason)), reason);
        });
  }

  private Optional<Exception> failure() {
    return notStarted.or(
        () ->
            query
                .filter(running -> !running.isActive())
                .flatMap(ended -> OptionConverters.toJava(ended.exception())));
  }

  /** Starts the query again if it has failed and its pause is over. */
  void revive() {
    Optional<Exception> failure = failure();
    if (failure.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    if (next.equals(Instant.MIN)) {
      LOG.error(
          "{} failed and will restart in {} s; landing and the other views keep running. {}",
          name,
          pause.toSeconds(),
          FailureReason.of(failure.get()),
          failure.get());
      next = now.plus(pause);
    } else if (!now.isBefore(next)) {
      next = Instant.MIN;
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
      start();
    }
  }
}
