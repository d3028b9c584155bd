package io.tidemark.streaming;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** What a stream has done since it was started, and how far behind it is. */
record StreamStanding(List<OfTopic> topics, List<OfView> views) {
  StreamStanding {
    topics = List.copyOf(topics);
    views = List.copyOf(views);
  }

  /**
   * @param lag records that the topic had when it was last read, and that have not landed; empty
   *     before it was
   */
  record OfTopic(String name, long landed, long deadLetters, OptionalLong lag) {}

  /**
   * @param rows written, one as often as it changed
   * @param late events that came too late for the view, which reconciliation counts
   * @param newest time of an event that the view has counted
   * @param batches that it has refreshed
   * @param behind how long the oldest landed events have waited that the view lacks; empty if it
   *     has all
   */
  record OfView(
      String name,
      long rows,
      long late,
      Optional<Instant> newest,
      long batches,
      Optional<Duration> behind) {}

  /** Whether anything was started. */
  boolean hasBegun() {
    return !topics.isEmpty() || !views.isEmpty();
  }

  /** Whether a batch has ended since. */
  boolean isAsFarAs(StreamStanding other) {
    return done().equals(other.done());
  }

  /** By topic and view; one that has done nothing yet may not even have been started. */
  private Map<String, Long> done() {
    Map<String, Long> done = new HashMap<>();
    topics.forEach(
        topic -> done.put("topic " + topic.name(), topic.landed() + topic.deadLetters()));
    views.forEach(view -> done.put("view " + view.name(), view.batches()));
    done.values().removeIf(count -> count == 0);
    return done;
  }
}
