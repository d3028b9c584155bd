package io.tidemark.local.replay;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;

/**
 * How late a late event is: the late part of the departure delays of 328,521 flights, from seconds
 * to 21 h 41 min, straight lines between their percentiles.
 */
final class Delays {
  private static final List<Percentile> LATE =
      List.of(
          new Percentile(0.5385, 1),
          new Percentile(0.75, 660),
          new Percentile(0.9, 2_940),
          new Percentile(0.95, 5_280),
          new Percentile(0.99, 11_460),
          new Percentile(0.999, 20_400),
          new Percentile(1, 78_060));

  private Delays() {}

  /**
   * Milliseconds, at least a second.
   *
   * @param chance evenly distributed in [0, 1)
   */
  static Column millis(Column chance) {
    double punctual = LATE.get(0).share();
    Column share = lit(punctual).plus(chance.multiply(1 - punctual));
    Column seconds = lit(LATE.get(LATE.size() - 1).seconds());
    for (int i = LATE.size() - 1; i > 0; i--) {
      Percentile from = LATE.get(i - 1);
      Percentile to = LATE.get(i);
      double slope = (to.seconds() - from.seconds()) / (to.share() - from.share());
      Column between = share.minus(from.share()).multiply(slope).plus(from.seconds());
      seconds = when(share.lt(to.share()), between).otherwise(seconds);
    }
    return round(seconds.multiply(1_000)).cast("bigint");
  }

  /** Of all flights, this share was at most so many seconds late. */
  private record Percentile(double share, double seconds) {}
}
