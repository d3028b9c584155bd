package io.tidemark.reconcile.counted;

import java.time.Instant;
import java.util.Comparator;

/**
 * One delivery of an event, and what the view's refresh did with it.
 *
 * @param time its event time
 * @param inTime whether a refresh read it and did not drop it as late
 * @param refresh which did last
 */
public record Delivery(String id, Instant time, Place place, boolean inTime, Refresh refresh) {

  /** Where it stands among all deliveries, in the order in which they landed. */
  public record Place(long landedBatch, String topic, int partition, long offset)
      implements Comparable<Place> {
    private static final Comparator<Place> ORDER =
        Comparator.comparingLong(Place::landedBatch)
            .thenComparing(Place::topic)
            .thenComparingInt(Place::partition)
            .thenComparingLong(Place::offset);

    @Override
    public int compareTo(Place other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * A batch of a refresh.
   *
   * @param forgotten when it began, event ids that expire by then were forgotten; null if none were
   */
  public record Refresh(Instant refreshedAt, String checkpoint, long batch, Instant forgotten)
      implements Comparable<Refresh> {
    private static final Comparator<Refresh> ORDER =
        Comparator.comparing(Refresh::refreshedAt)
            .thenComparing(Refresh::checkpoint)
            .thenComparingLong(Refresh::batch);

    @Override
    public int compareTo(Refresh other) {
      return ORDER.compare(this, other);
    }
  }
}
