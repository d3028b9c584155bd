package io.tidemark.quality;

import com.amazon.deequ.metrics.Metric;
import java.util.Optional;

/**
 * What was measured of the rows that one question is about, on one date or of a whole table.
 *
 * @param metric as deequ gives it, empty if no row of the table is there to measure
 * @param rows that the question is about
 * @param tableRows all there are
 * @param failure why it could not be measured
 */
record Measured(Optional<Metric<?>> metric, long rows, long tableRows, Optional<String> failure) {
  static Measured failed(String why) {
    return new Measured(Optional.empty(), 0, 0, Optional.of(why));
  }

  /** Of a date on which the table has no rows. */
  static Measured nothing() {
    return new Measured(Optional.empty(), 0, 0, Optional.empty());
  }
}
