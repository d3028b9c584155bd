package io.tidemark.streaming;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
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
 * again, once, and has nothing left to repeat.
 */
final class LandQuery {
  private static final Logger LOG = LoggerFactory.getLogger(LandQuery.class);
  private static final String KAFKA_SOURCE = "org.apache.spark.sql.kafka010.KafkaMicroBatchStream";

  private final LandJob job;
  private final SparkSession spark;
  private final Trigger trigger;
  private StreamingQuery query;
  private boolean startedAgain;

  private LandQuery(LandJob job, SparkSession spark, Trigger trigger, StreamingQuery query) {
    this.job = job;
    this.spark = spark;
    this.trigger = trigger;
    this.query = query;
  }

  static LandQuery start(LandJob job, SparkSession spark, Trigger trigger) throws TimeoutException {
    return new LandQuery(job, spark, trigger, job.start(spark, trigger));
  }

  StreamingQuery query() {
    return query;
  }

  /**
   * Waits a moment, or until it ends.
   *
   * @throws IllegalStateException if somebody has stopped it
   */
  void await(Duration moment) throws TimeoutException, StreamingQueryException {
    try {
      if (query.awaitTermination(moment.toMillis())) {
        throw new IllegalStateException(
            "Cannot go on: %s was stopped. Start the stream again".formatted(query.name()));
      }
    } catch (StreamingQueryException e) {
      startAgainAfter(e);
    }
  }

  /** Waits until it ends. */
  void awaitEnd() throws TimeoutException, StreamingQueryException {
    try {
      query.awaitTermination();
    } catch (StreamingQueryException e) {
      startAgainAfter(e);
      query.awaitTermination();
    }
  }

  private void startAgainAfter(StreamingQueryException failure)
      throws TimeoutException, StreamingQueryException {
    if (startedAgain || !isReport(failure)) {
      refuseGone(failure);
      throw failure;
    }
    LOG.info("{} has repeated its last batch, and goes on", query.name());
    startedAgain = true;
    query = job.start(spark, trigger);
  }

  /** Says what Spark does not: what is gone, and the way on. */
  private void refuseGone(StreamingQueryException failure) {
    GoneOffsets gone;
    try {
      gone = job.gone();
    } catch (RuntimeException unknown) {
      failure.addSuppressed(unknown);
      return;
    }
    if (!gone.isEmpty()) {
      throw gone.refusal(failure);
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
