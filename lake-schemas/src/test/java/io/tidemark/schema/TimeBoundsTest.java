package io.tidemark.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Times of every kind, more of them by {@code -Dtidemark.clock-times=N}. */
class TimeBoundsTest {
  private static final int SEED = 12;
  private static final long FIRST = Micros.of(Instant.parse("2024-05-01T00:00:00Z"));
  private static final long NOW = Micros.of(Instant.parse("2024-06-01T12:00:00Z"));
  private static final long DAY = 86_400_000_000L;
  private static final long[] CORNERS = {
    Long.MIN_VALUE, -DAY, -1, 0, NOW / 1_000_000, NOW / 1_000, FIRST, NOW, NOW + DAY, Long.MAX_VALUE
  };

  /** In numbers that cannot overflow. */
  private static boolean isPlausible(long eventTime, long timestamp, boolean brokers) {
    BigInteger latest = BigInteger.valueOf(NOW);
    boolean arrival = brokers ? timestamp > 0 : timestamp >= FIRST && timestamp <= NOW;
    if (arrival) {
      latest = latest.min(BigInteger.valueOf(timestamp));
    }
    BigInteger time = BigInteger.valueOf(eventTime);
    return time.compareTo(BigInteger.valueOf(FIRST)) >= 0
        && time.compareTo(latest.add(BigInteger.valueOf(DAY))) <= 0;
  }

  @Test
  void anEventIsTakenExactlyIfEveryClockThatCanBeRightAllowsIt() {
    Random random = new Random(SEED);
    TimeBounds bounds = new TimeBounds(FIRST, DAY, NOW);
    for (int i = 0; i < Integer.getInteger("tidemark.clock-times", 100_000); i++) {
      long eventTime = time(random);
      long timestamp = time(random);
      boolean brokers = random.nextBoolean();

      assertThat(takes(bounds, eventTime, timestamp, brokers))
          .as("seed %d: event %d, timestamp %d, %s", SEED, eventTime, timestamp, brokers)
          .isEqualTo(isPlausible(eventTime, timestamp, brokers));
    }
  }

  @Test
  void aRecordWithoutTimesHasNoBounds() {
    for (long time : CORNERS) {
      for (long timestamp : CORNERS) {
        assertThat(takes(TimeBounds.NONE, time, timestamp, true)).isTrue();
      }
    }
  }

  private static boolean takes(TimeBounds bounds, long time, long timestamp, boolean brokers) {
    try {
      bounds.check(time, timestamp, brokers);
      return true;
    } catch (RejectedRecordException refused) {
      return false;
    }
  }

  /** A corner, or about one. */
  private static long time(Random random) {
    long corner = CORNERS[random.nextInt(CORNERS.length)];
    return switch (random.nextInt(3)) {
      case 0 -> corner;
      case 1 -> corner + random.nextInt(5) - 2;
      default -> corner + random.nextLong() % (3 * DAY);
    };
  }
}
