package io.tidemark.local.bench;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * How long it took until events were in the numbers of a view.
 *
 * @param events how many are in its numbers; the times are theirs
 * @param leftOut how many the refresh left out, because they were late or ahead of the clock
 * @param unread how many no refresh has read
 * @param p50Seconds the time within which half of them were, null if there are none
 */
record ViewFreshness(
    String view,
    long events,
    long leftOut,
    long unread,
    Double p50Seconds,
    Double p95Seconds,
    Double p99Seconds,
    Double maxSeconds) {

  /**
   * @param arrivals as {@link Arrivals} has them
   */
  static ViewFreshness of(String view, List<Row> arrivals) {
    SortedMap<Long, Long> counts = new TreeMap<>();
    Map<Arrivals.Outcome, Long> outcomes = new HashMap<>();
    for (Row arrival : arrivals) {
      Arrivals.Outcome outcome = outcome(arrival);
      long events = arrival.<Long>getAs(Arrivals.EVENTS);
      outcomes.merge(outcome, events, Long::sum);
      if (outcome == Arrivals.Outcome.IN_VIEW) {
        counts.merge(arrival.getAs(Arrivals.MILLIS), events, Long::sum);
      }
    }
    Waits waits = new Waits(counts);
    return new ViewFreshness(
        view,
        waits.count(),
        outcomes.getOrDefault(Arrivals.Outcome.LEFT_OUT, 0L),
        outcomes.getOrDefault(Arrivals.Outcome.UNREAD, 0L),
        waits.seconds(50),
        waits.seconds(95),
        waits.seconds(99),
        waits.seconds(100));
  }

  /** How many events each refresh read. */
  static Collection<Long> sizes(List<Row> arrivals) {
    Map<Long, Long> sizes = new HashMap<>();
    for (Row arrival : arrivals) {
      if (outcome(arrival) != Arrivals.Outcome.UNREAD) {
        sizes.merge(
            arrival.getAs(Arrivals.REFRESH), arrival.<Long>getAs(Arrivals.EVENTS), Long::sum);
      }
    }
    return sizes.values();
  }

  private static Arrivals.Outcome outcome(Row arrival) {
    return Arrivals.Outcome.valueOf(arrival.getAs(Arrivals.OUTCOME));
  }
}
