package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.schema.Micros;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What Spark does with it: each task fills a copy, and those of all tasks are merged. */
class RefreshMetricsTest {
  private static final Instant NINE = Instant.parse("2011-03-04T09:00:00.000001Z");
  private static final Instant TEN = Instant.parse("2011-03-04T10:00:00Z");

  private final RefreshMetrics metrics = new RefreshMetrics();

  private static RefreshMetrics.Event onTime(long landed, Instant time) {
    return new RefreshMetrics.Event(landed, Micros.of(time), false);
  }

  private static RefreshMetrics.Event late(long landed, Instant time) {
    return new RefreshMetrics.Event(landed, Micros.of(time), true);
  }

  private void assertEmpty() {
    assertThat(metrics.isZero()).isTrue();
    assertThat(metrics.landedFrom()).isEmpty();
    assertThat(metrics.landedThrough()).isEmpty();
    assertThat(metrics.latest()).isEmpty();
    assertThat(metrics.late()).isZero();
  }

  @Test
  void anEmptyBatchHasReadNothing() {
    assertEmpty();
  }

  @Test
  void aTaskWithoutRowsChangesNothing() {
    metrics.add(onTime(4, NINE));

    metrics.merge(new RefreshMetrics());

    assertThat(metrics.landedFrom()).hasValue(4);
    assertThat(metrics.landedThrough()).hasValue(4);
    assertThat(metrics.latest()).as("to the microsecond").contains(NINE);
  }

  @Test
  void tasksAreTakenTogetherInAnyOrder() {
    RefreshMetrics other = new RefreshMetrics();
    other.add(onTime(7, NINE));
    other.add(late(3, NINE));
    metrics.add(late(5, TEN));

    metrics.merge(other);

    assertThat(metrics.landedFrom()).hasValue(3);
    assertThat(metrics.landedThrough()).hasValue(7);
    assertThat(metrics.latest()).contains(TEN);
    assertThat(metrics.late()).isEqualTo(2);
  }

  @Test
  void aTaskThatIsTriedTwiceMovesNeitherTheLandingsNorTheTime() {
    RefreshMetrics task = new RefreshMetrics();
    task.add(onTime(2, TEN));
    task.add(onTime(6, NINE));

    metrics.merge(task);
    metrics.merge(task);

    assertThat(metrics.landedFrom()).hasValue(2);
    assertThat(metrics.landedThrough()).hasValue(6);
    assertThat(metrics.latest()).contains(TEN);
  }

  @Test
  void anEventWhoseTimeCountsForNothingWasReadAllTheSame() {
    metrics.add(new RefreshMetrics.Event(9, RefreshMetrics.NO_TIME, false));

    assertThat(metrics.landedThrough()).hasValue(9);
    assertThat(metrics.latest()).isEmpty();
  }

  @Test
  void aTimeBeforeNineteenSeventyIsATime() {
    Instant old = Instant.parse("1969-12-31T23:59:59Z");

    metrics.add(onTime(0, old));

    assertThat(metrics.latest()).contains(old);
    assertThat(metrics.landedFrom()).as("the first landing has the number 0").hasValue(0);
  }

  @Test
  void aCopyGoesItsOwnWayAndTheNextBatchBeginsWithNothing() {
    metrics.add(late(1, NINE));
    RefreshMetrics copy = metrics.copy();

    metrics.reset();

    assertEmpty();
    assertThat(copy.landedFrom()).hasValue(1);
    assertThat(copy.latest()).contains(NINE);
    assertThat(copy.late()).isOne();
    assertThat(copy.copyAndReset().isZero()).as("Spark sends no other to a task").isTrue();
  }
}
