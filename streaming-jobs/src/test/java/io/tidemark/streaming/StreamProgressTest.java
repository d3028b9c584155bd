package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.RetailCopy;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StreamProgressTest {
  private static final StreamStanding BEGIN = standing(0, 0, 0, Optional.empty());

  private final List<String> said = new ArrayList<>();
  private StreamStanding now = BEGIN;
  private Instant time = Instant.parse("2011-01-01T12:00:00Z");

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return time;
        }
      };

  private static StreamStanding standing(
      long landed, long batches, long rows, Optional<Duration> behind) {
    return new StreamStanding(
        List.of(
            new StreamStanding.OfTopic("products", 40, 0, OptionalLong.of(0)),
            new StreamStanding.OfTopic("purchases", landed, 7, OptionalLong.of(10_404))),
        List.of(
            new StreamStanding.OfView(
                "sales",
                rows,
                23,
                Optional.of(Instant.parse("2010-12-30T23:59:30.5Z")),
                batches,
                behind)));
  }

  private void look(StreamProgress progress, StreamStanding standing, int seconds) {
    now = standing;
    time = time.plusSeconds(seconds);
    progress.look();
  }

  @Test
  void aTerminalHasALineForEachBatch() {
    try (StreamProgress progress = new StreamProgress(() -> now, said::add, true, clock)) {
      look(progress, BEGIN, 90);
      assertThat(said).isEmpty();

      look(progress, standing(100_000, 0, 0, Optional.empty()), 1);
      look(progress, standing(200_000, 0, 0, Optional.of(Duration.ofMillis(2500))), 1);
      look(progress, standing(200_000, 0, 0, Optional.of(Duration.ofMillis(3500))), 1);
      look(progress, standing(200_000, 1, 1561, Optional.empty()), 1);
    }

    assertThat(said)
        .containsExactly(
            "products: 40 landed, 0 dead letters, lag 0 | purchases: 100,000 landed, 7 dead letters, lag 10,404 | sales: 0 rows, 23 late, not refreshed yet",
            "products: 40 landed, 0 dead letters, lag 0 | purchases: 200,000 landed, 7 dead letters, lag 10,404 | sales: 0 rows, 23 late, 2 s behind",
            "products: 40 landed, 0 dead letters, lag 0 | purchases: 200,000 landed, 7 dead letters, lag 10,404 | sales: 1,561 rows, 23 late, fresh");
  }

  @Test
  void whatIsOnlyBeingStartedIsNoBatch() {
    now = new StreamStanding(List.of(), List.of());
    try (StreamProgress progress = new StreamProgress(() -> now, said::add, true, clock)) {
      look(
          progress,
          new StreamStanding(
              List.of(new StreamStanding.OfTopic("purchases", 0, 0, OptionalLong.empty())),
              List.of(
                  new StreamStanding.OfView("sales", 0, 0, Optional.empty(), 0, Optional.empty()))),
          1);
    }

    assertThat(said).isEmpty();
  }

  @Test
  void elsewhereThereIsALineAMinute() {
    try (StreamProgress progress = new StreamProgress(() -> now, said::add, false, clock)) {
      look(progress, standing(200_000, 1, 1561, Optional.empty()), 59);
      assertThat(said).isEmpty();
      look(progress, standing(200_001, 2, 1562, Optional.empty()), 1);
      assertThat(said).hasSize(1);
      look(progress, standing(200_002, 3, 1563, Optional.empty()), 59);
      look(progress, standing(200_002, 3, 1563, Optional.empty()), 1);
    }

    assertThat(said).hasSize(2).last().asString().contains("200,002 landed", "1,563 rows");
  }

  @Test
  void theBeginningSaysWhatGoesWhere() {
    Environment environment =
        new Environment(
            "127.0.0.1:9092",
            URI.create("http://127.0.0.1:8081"),
            URI.create("file:///lake/warehouse"),
            URI.create("file:///lake/checkpoints"),
            Map.of(),
            Map.of(),
            Map.of());

    assertThat(StreamText.start(PipelineFile.read(RetailCopy.ORIGINAL), environment))
        .isEqualTo(
            "Streaming retail from Kafka at 127.0.0.1:9092. Topics: products, purchases. Views: sales_by_hour_country, sales_by_product_day, sales_sliding. Tables: file:///lake/warehouse. Checkpoints: file:///lake/checkpoints.");
  }

  @Test
  void aStoppedStreamSaysHowFarItCame() {
    assertThat(StreamText.stopped(standing(200_000, 42, 1561, Optional.empty())))
        .containsExactly(
            "products: 40 landed, 0 dead letters, lag 0 | purchases: 200,000 landed, 7 dead letters, lag 10,404 | sales: 1,561 rows, 23 late, fresh",
            "Stopped. The next start continues from here.");
  }

  @Test
  void aStreamThatIsStoppedWhileItStartsHasNothingToSay() {
    assertThat(StreamText.stopped(new StreamStanding(List.of(), List.of())))
        .containsExactly("Stopped before the first batch.");
  }

  @Test
  void theEndSaysWhatWasDone() {
    assertThat(StreamText.end(standing(200_000, 1, 1561, Optional.empty())).lines())
        .containsExactly(
            "topic       landed  dead letters",
            "products        40             0",
            "purchases  200,000             7",
            "",
            "view   rows written  late  newest event",
            "sales         1,561    23  2010-12-30T23:59:30Z");
  }

  @Test
  void lagIsWhatTheTopicHadThatTheQueryHadNotRead() {
    assertThat(Lag.between("{\"t\":{\"0\":5,\"1\":7}}", "{\"t\":{\"0\":9,\"1\":7,\"2\":3}}"))
        .hasValue(7);
    assertThat(Lag.between(null, "{\"t\":{\"0\":9}}")).isEmpty();
    assertThat(Lag.between("{\"t\":{\"0\":9}}", null)).isEmpty();
  }
}
