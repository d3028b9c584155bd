package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.TopicPartition;
import io.tidemark.pipeline.Environment;
import io.tidemark.schema.RegistryUnavailableException;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.TestLake;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.SparkException;
import org.apache.spark.errors.SparkCoreErrors;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LandQueryTest {
  private static final URI NOWHERE = URI.create("file:///nowhere");

  @TempDir private static Path warehouse;
  private static TestLake lake;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    lake = TestLake.in(warehouse);
  }

  @AfterAll
  static void close() {
    lake.close();
  }

  private ScriptedQuery script(Exception... failures) throws Exception {
    return new ScriptedQuery(lake.spark(), folder, failures);
  }

  private static LandQuery start(QueryStart query) throws Exception {
    return start(query, () -> gone(Map.of()));
  }

  private static LandQuery start(QueryStart query, Supplier<GoneOffsets> gone) throws Exception {
    return LandQuery.start(query, gone, Duration.ofMillis(1));
  }

  /**
   * @param first the first offset that the topic has of each partition, of which 5 is wanted next
   */
  private static GoneOffsets gone(Map<TopicPartition, Long> first) {
    Environment environment =
        new Environment("kafka:9092", NOWHERE, NOWHERE, NOWHERE, Map.of(), Map.of(), Map.of());
    return new GoneOffsets(
        new KafkaTopic("sales", environment, Optional.empty()),
        first.entrySet().stream()
            .map(place -> new PlannedSpan(place.getKey(), 5, place.getValue()))
            .toList());
  }

  /** What Spark's Kafka source fails with after a batch that was planned before a restart. */
  private static NullPointerException report() {
    NullPointerException failure = new NullPointerException("latestOffsets");
    failure.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement(
              "org.apache.spark.sql.kafka010.KafkaMicroBatchStream$",
              "metrics",
              "KafkaMicroBatchStream.scala",
              500)
        });
    return failure;
  }

  /** What a job fails with that wants rows which an executor had alone. */
  private static SparkException lostRows() {
    return new SparkException(
        "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times",
        SparkCoreErrors.checkpointRDDBlockIdNotFoundError(new RDDBlockId(3, 0)));
  }

  private RegistryUnavailableException away() {
    SchemaRegistry registry = SchemaRegistry.at(folder.resolve("registry").toUri());
    return catchThrowableOfType(RegistryUnavailableException.class, () -> registry.byId(1));
  }

  @Test
  void aLandingThatEndsWellIsStartedOnce() throws Exception {
    ScriptedQuery query = script();

    start(query).awaitEnd();

    assertThat(query.tried()).containsExactly(0L);
    assertThat(query.starts()).isOne();
  }

  @Test
  void aFailureIsForItsOwnerToKnow() throws Exception {
    ScriptedQuery query = script(new IllegalStateException("the disk is full"));
    LandQuery landing = start(query);

    assertThatThrownBy(landing::awaitEnd)
        .isInstanceOf(StreamingQueryException.class)
        .hasStackTraceContaining("the disk is full");
    assertThat(query.starts()).isOne();
  }

  @Test
  void soIsANullPointerThatIsNotTheReport() throws Exception {
    ScriptedQuery query = script(new NullPointerException("of ours"));
    LandQuery landing = start(query);

    assertThatThrownBy(landing::awaitEnd).isInstanceOf(StreamingQueryException.class);
    assertThat(query.starts()).isOne();
  }

  @Test
  void aReportThatSparkCannotMakeStartsItAgain() throws Exception {
    ScriptedQuery query = script(report());

    start(query).awaitEnd();

    assertThat(query.tried()).as("the same batch").containsExactly(0L, 0L);
    assertThat(query.starts()).isEqualTo(2);
  }

  @Test
  void aSecondOneIsAFailure() throws Exception {
    ScriptedQuery query = script(report(), report());
    LandQuery landing = start(query);

    assertThatThrownBy(landing::awaitEnd).isInstanceOf(StreamingQueryException.class);
    assertThat(query.starts()).isEqualTo(2);
  }

  @Test
  void offsetsThatAreGoneAreToldWithTheWayOn() throws Exception {
    ScriptedQuery query = script(new IllegalStateException("offsets out of range"));
    LandQuery landing = start(query, () -> gone(Map.of(new TopicPartition("sales", 2), 8L)));

    assertThatThrownBy(landing::awaitEnd)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the range [5, 8) of partition 2 is gone")
        .hasMessageContaining("--accept-loss")
        .hasCauseInstanceOf(StreamingQueryException.class);
  }

  @Test
  void aBrokerThatCannotBeAskedHidesNoFailure() throws Exception {
    ScriptedQuery query = script(new IllegalStateException("no leader"));
    RuntimeException unreachable = new RuntimeException("no broker");
    LandQuery landing =
        start(
            query,
            () -> {
              throw unreachable;
            });

    assertThatThrownBy(landing::awaitEnd)
        .isInstanceOf(StreamingQueryException.class)
        .hasStackTraceContaining("no leader")
        .hasSuppressedException(unreachable);
  }

  @Test
  void rowsThatWereLostWithAnExecutorAreReadAgain() throws Exception {
    ScriptedQuery query = script(lostRows(), report(), lostRows());

    start(query).awaitEnd();

    assertThat(query.tried()).as("the same batch").containsExactly(0L, 0L, 0L, 0L);
  }

  @Test
  void executorsThatAreLostAgainAndAgainAreAFailure() throws Exception {
    ScriptedQuery query = script(lostRows(), lostRows(), lostRows(), lostRows());
    LandQuery landing = start(query);

    assertThatThrownBy(landing::awaitEnd)
        .isInstanceOf(StreamingQueryException.class)
        .hasStackTraceContaining("CHECKPOINT_RDD_BLOCK_ID_NOT_FOUND");
    assertThat(query.starts()).isEqualTo(4);
  }

  @Test
  void aRegistryThatIsAwayIsWaitedForAndTheBatchLandsThen() throws Exception {
    ScriptedQuery query = script(away(), new RuntimeException("Job aborted", away()));

    start(query).awaitEnd();

    assertThat(query.tried()).containsExactly(0L, 0L, 0L);
  }

  @Test
  void aLandingThatHasToEndDoesNotWaitForEver() throws Exception {
    ScriptedQuery query = script(away(), away(), away(), away());
    LandQuery landing = start(query);

    assertThatThrownBy(landing::awaitEnd)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("till.land.sales was tried 3 times");
    assertThat(query.tried()).isEqualTo(List.of(0L, 0L, 0L));
  }

  @Test
  void oneThatKeepsRunningWaitsInItsPauseAndGoesOn() throws Exception {
    ScriptedQuery query = script(away()).endless();
    LandQuery landing = start(query);

    while (query.starts() < 2) {
      landing.await(Duration.ofMillis(50));
    }
    landing.query().processAllAvailable();

    assertThat(query.tried()).containsExactly(0L, 0L);
    landing.query().stop();
    assertThatThrownBy(() -> landing.await(Duration.ofSeconds(1)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("till.land.sales was stopped");
  }
}
