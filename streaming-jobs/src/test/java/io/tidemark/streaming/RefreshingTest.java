package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RefreshingTest {
  private static final String VIEW = "till.refresh.sales_by_day";

  @TempDir private static Path warehouse;
  private static TestLake lake;

  @TempDir private Path folder;
  private final SetClock clock = new SetClock();

  /** One that goes when the test says so. */
  private static final class SetClock extends Clock {
    private Instant now = Instant.parse("2011-03-04T10:00:00Z");

    void pass(Duration time) {
      now = now.plus(time);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      throw new UnsupportedOperationException("times here are instants");
    }
  }

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

  /** A query that cannot be started; when that was tried. */
  private final class Broken implements QueryStart {
    private final List<Instant> tried = new ArrayList<>();

    @Override
    public StreamingQuery start() {
      tried.add(clock.instant());
      throw new IllegalStateException("its checkpoint is cut off");
    }
  }

  private static void awaitFailure(Refreshing refreshing) {
    assertThatThrownBy(() -> refreshing.started().awaitTermination())
        .isInstanceOf(StreamingQueryException.class);
  }

  @Test
  void aViewThatCannotBeStartedKeepsNothingElseFromStartingAndSaysWhy() {
    Refreshing refreshing = Refreshing.start(VIEW, new Broken(), clock);

    assertThat(refreshing.query()).isEmpty();
    assertThatThrownBy(refreshing::started)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Cannot start " + VIEW)
        .hasMessageContaining("its checkpoint is cut off");
  }

  @Test
  void itIsTriedEverMorePatientlyUpToFiveMinutes() {
    Broken broken = new Broken();
    Refreshing refreshing = Refreshing.start(VIEW, broken, clock);

    for (int second = 0; second < 1000; second++) {
      refreshing.revive();
      clock.pass(Duration.ofSeconds(1));
    }

    List<Long> pauses = new ArrayList<>();
    for (int i = 1; i < broken.tried.size(); i++) {
      pauses.add(Duration.between(broken.tried.get(i - 1), broken.tried.get(i)).toSeconds());
    }
    // The failure is seen at once, and then, after a start that failed, with the next second.
    assertThat(pauses).containsExactly(10L, 21L, 41L, 81L, 161L, 301L, 301L);
  }

  @Test
  void aFailedBatchIsRepeatedOnceThePauseIsOver() throws Exception {
    ScriptedQuery query = script(new IllegalStateException("a conflict"));
    Refreshing refreshing = Refreshing.start(VIEW, query, clock);
    awaitFailure(refreshing);

    refreshing.revive();
    clock.pass(Duration.ofSeconds(9));
    refreshing.revive();
    assertThat(query.starts()).as("within its pause").isOne();
    clock.pass(Duration.ofSeconds(1));
    refreshing.revive();
    refreshing.started().awaitTermination();

    assertThat(query.starts()).isEqualTo(2);
    assertThat(query.tried()).as("the same batch").containsExactly(0L, 0L);
  }

  @Test
  void aViewThatRunsOrHasEndedWellIsLeftAlone() throws Exception {
    ScriptedQuery query = script();
    Refreshing refreshing = Refreshing.start(VIEW, query, clock);
    refreshing.started().awaitTermination();

    for (int minute = 0; minute < 20; minute++) {
      refreshing.revive();
      clock.pass(Duration.ofMinutes(1));
    }

    assertThat(query.starts()).isOne();
    assertThat(query.tried()).containsExactly(0L);
  }
}
