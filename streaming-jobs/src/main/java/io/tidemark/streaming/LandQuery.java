package io.tidemark.streaming;

import io.tidemark.output.FailureReason;
import io.tidemark.schema.RegistryUnavailableException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running landing of one topic. A failure is for its owner to know, but for one of Spark's own
 * making: its Kafka source cannot report on a batch that was planned before a restart (it has not
 * asked for the latest offsets then), and fails once that batch is through. The query is started
 * again, once, and has nothing left to repeat. One that fails because the registry is away waits
 * for it, and goes on with the same batch. One that has lost an executor, with rows that may be
 * read only once, reads them again in a new try of their batch.
 */
final class LandQuery {
  private static final Logger LOG = LoggerFactory.getLogger(LandQuery.class);
  private static final String KAFKA_SOURCE = "org.apache.spark.sql.kafka010.KafkaMicroBatchStream";

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);

  /** So many executors are lost by chance between two batches; more have a reason. */
  private static final int LOSSES = 3;

  private final QueryStart landing;
  private final Supplier<GoneOffsets> gone;
  private final RegistryWait registry;
  private StreamingQuery query;
  private boolean startedAgain;
  private boolean isPaused;
  private int losses;

  private LandQuery(QueryStart landing, Supplier<GoneOffsets> gone, Duration firstPause)
      throws TimeoutException {
    this.landing = landing;
    this.gone = gone;
    this.query = landing.start();
    this.registry = new RegistryWait(query.name(), firstPause);
  }

  static LandQuery start(LandJob job, SparkSession spark, Trigger trigger) throws TimeoutException {
    return start(() -> job.start(spark, trigger), job::gone, FIRST_PAUSE);
  }

  /**
   * @param gone which offsets it wants next that the topic has no more
   * @param firstPause for a registry that is away
   */
  static LandQuery start(QueryStart landing, Supplier<GoneOffsets> gone, Duration firstPause)
      throws TimeoutException {
    return new LandQuery(landing, gone, firstPause);
  }

  StreamingQuery query() {
    return query;
  }

  /**
   * Waits a moment, or until it ends. One that waits for the registry is started again when its
   * pause is over.
   *
   * @throws IllegalStateException if somebody has stopped it
   */
  void await(Duration moment) throws TimeoutException, StreamingQueryException {
    if (isPaused) {
      if (registry.await(moment)) {
        startAgain();
      }
      return;
    }
    try {
      if (query.awaitTermination(moment.toMillis())) {
        throw new IllegalStateException(
            "Cannot go on: %s was stopped. Start the stream again".formatted(query.name()));
      }
    } catch (StreamingQueryException e) {
      Optional<RegistryUnavailableException> away = RegistryWait.away(e);
      if (away.isEmpty()) {
        startAgainAfter(e);
      } else {
        pause(away.get());
      }
    }
  }

  /**
   * Waits until it ends.
   *
   * @throws IllegalStateException if the registry stays away
   */
  void awaitEnd() throws TimeoutException, StreamingQueryException {
    while (true) {
      try {
        query.awaitTermination();
        return;
      } catch (StreamingQueryException e) {
        Optional<RegistryUnavailableException> away = RegistryWait.away(e);
        if (away.isEmpty()) {
          startAgainAfter(e);
          continue;
        }
        pause(away.get());
        if (registry.isOver()) {
          throw registry.refusal(away.get());
        }
        registry.await();
        startAgain();
      }
    }
  }

  private void pause(RegistryUnavailableException away) {
    registry.begin(away, query.recentProgress().length > 0);
    isPaused = true;
  }

  /** What Spark cannot report on comes again with the batch that is repeated. */
  private void startAgain() throws TimeoutException {
    isPaused = false;
    startedAgain = false;
    query = landing.start();
  }

  private void startAgainAfter(StreamingQueryException failure)
      throws TimeoutException, StreamingQueryException {
    if (FailureReason.isOfLostRows(failure) && mayLoseRows()) {
      LOG.warn("{} has lost an executor, and tries its last batch again", query.name());
      startAgain();
      return;
    }
    if (startedAgain || !isReport(failure)) {
      refuseGone(failure);
      throw failure;
    }
    LOG.info("{} has repeated its last batch, and goes on", query.name());
    startedAgain = true;
    query = landing.start();
  }

  private boolean mayLoseRows() {
    losses = query.recentProgress().length > 0 ? 1 : losses + 1;
    return losses <= LOSSES;
  }

  /** Says what Spark does not: what is gone, and the way on. */
  private void refuseGone(StreamingQueryException failure) {
    GoneOffsets offsets;
    try {
      offsets = gone.get();
    } catch (RuntimeException unknown) {
      failure.addSuppressed(unknown);
      return;
    }
    if (!offsets.isEmpty()) {
      throw offsets.refusal(failure);
    }
  }

  private static boolean isReport(StreamingQueryException failure) {
    return failure.getCause() instanceof NullPointerException cause
        && Arrays.stream(cause.getStackTrace())
            .limit(2)
            .anyMatch(
                frame ->
                    frame.getClassName().startsWith(KAFKA_SOURCE)
                        && frame.getMethodName().equals("metrics"));
  }
}
