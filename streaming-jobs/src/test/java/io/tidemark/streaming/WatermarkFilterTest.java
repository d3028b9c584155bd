package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatermarkFilterTest {
  private static final Instant WATERMARK = Instant.parse("2011-03-04T10:00:00Z");
  private static final Instant AHEAD = Instant.parse("2011-03-05T10:00:00Z");
  private static final Duration LATENESS = Duration.ofHours(2);
  private static final StructType COLUMNS =
      StructType.fromDDL("name STRING, _landed_batch BIGINT, event_time TIMESTAMP");

  @TempDir private static Path folder;
  private static TestLake lake;

  private WatermarkFilter filter;

  @BeforeAll
  static void open() {
    lake = TestLake.in(folder);
  }

  @AfterAll
  static void close() {
    lake.close();
  }

  @BeforeEach
  void begin() {
    filter = new WatermarkFilter(LATENESS, lake.spark().sparkContext());
    filter.begin(Optional.of(WATERMARK), AHEAD);
  }

  private static Row event(String name, long landed, Instant time) {
    return RowFactory.create(name, landed, time == null ? null : Timestamp.from(time));
  }

  /** The names of those that are let in. */
  private List<String> letIn(Row... events) {
    return filter
        .of(lake.spark().createDataFrame(Arrays.asList(events), COLUMNS))
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  @Test
  void anEventOnTheWatermarkIsLateAndOneAMicrosecondLaterIsNot() {
    assertThat(
            letIn(
                event("before", 1, WATERMARK.minusSeconds(1)),
                event("on", 1, WATERMARK),
                event("after", 1, WATERMARK.plusNanos(1_000))))
        .containsExactly("after");
    assertThat(filter.late()).isEqualTo(2);
  }

  @Test
  void anEventAheadOfTheClockStaysOutAndTakesNoWatermarkAlong() {
    assertThat(
            letIn(event("as far as may be", 1, AHEAD), event("ahead", 2, AHEAD.plusNanos(1_000))))
        .containsExactly("as far as may be");

    assertThat(filter.reached(Optional.of(WATERMARK))).isEqualTo(AHEAD.minus(LATENESS));
    assertThat(filter.landedThrough()).as("it was read").hasValue(2);
    assertThat(filter.late()).isZero();
  }

  @Test
  void anEventWithoutATimeStaysOutAndFailsNothing() {
    assertThat(letIn(event("no time", 3, null), event("on time", 4, WATERMARK.plus(LATENESS))))
        .containsExactly("on time");

    assertThat(filter.landedFrom()).as("it was read").hasValue(3);
    assertThat(filter.late()).isZero();
    assertThat(filter.reached(Optional.of(WATERMARK))).isEqualTo(WATERMARK);
  }

  @Test
  void withoutAWatermarkNothingIsLate() {
    filter.begin(Optional.empty(), AHEAD);

    assertThat(letIn(event("old", 1, Instant.parse("1969-01-01T00:00:00Z"))))
        .containsExactly("old");

    assertThat(filter.late()).isZero();
    assertThat(filter.reached(Optional.empty())).isEqualTo(Instant.EPOCH);
    assertThat(filter.newest(Optional.empty())).isEmpty();
  }

  @Test
  void anEmptyBatchStandsWhereTheOneBeforeDid() {
    assertThat(letIn()).isEmpty();

    assertThat(filter.landedFrom()).isEmpty();
    assertThat(filter.landedThrough()).isEmpty();
    assertThat(filter.late()).isZero();
    assertThat(filter.reached(Optional.of(WATERMARK))).isEqualTo(WATERMARK);
    assertThat(filter.newest(Optional.of(WATERMARK))).contains(WATERMARK.plus(LATENESS));
  }

  @Test
  void theWatermarkHasMillisecondsAndNeverGoesBack() {
    Instant newest = WATERMARK.plus(LATENESS).plusNanos(1_999_000);
    letIn(event("newest", 1, newest));
    assertThat(filter.reached(Optional.of(WATERMARK))).isEqualTo(WATERMARK.plusMillis(1));

    filter.begin(Optional.of(WATERMARK), AHEAD);
    letIn(event("older", 2, WATERMARK.plusSeconds(1)));
    assertThat(filter.reached(Optional.of(WATERMARK))).isEqualTo(WATERMARK);
  }

  @Test
  void aBatchThatIsRepeatedCountsTheSameAgain() {
    Row[] batch = {
      event("late", 5, WATERMARK.minusSeconds(1)), event("on time", 6, WATERMARK.plusSeconds(9))
    };
    List<String> first = letIn(batch);
    Instant reached = filter.reached(Optional.of(WATERMARK));

    filter.begin(Optional.of(WATERMARK), AHEAD);

    assertThat(letIn(batch)).isEqualTo(first).containsExactly("on time");
    assertThat(filter.late()).isOne();
    assertThat(filter.landedFrom()).hasValue(5);
    assertThat(filter.landedThrough()).hasValue(6);
    assertThat(filter.reached(Optional.of(WATERMARK))).isEqualTo(reached);
  }

  @Test
  void eachBatchGoesByItsOwnWatermark() {
    filter.begin(Optional.of(WATERMARK.plusSeconds(60)), AHEAD);

    assertThat(letIn(event("now late", 1, WATERMARK.plusSeconds(60)))).isEmpty();
    assertThat(filter.late()).isOne();
  }
}
