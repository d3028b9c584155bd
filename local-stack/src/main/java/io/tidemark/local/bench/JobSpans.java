package io.tidemark.local.bench;

import java.util.ArrayList;
import java.util.List;

/** When jobs ran, of which several may run at once. Times are Java's, in milliseconds. */
final class JobSpans {
  private final List<Span> spans = new ArrayList<>();
  private int running;
  private long beganAt;

  private record Span(long from, long until) {}

  void begin(long at) {
    if (running++ == 0) {
      beganAt = at;
    }
  }

  void end(long at) {
    if (--running == 0) {
      spans.add(new Span(beganAt, at));
    }
  }

  /** Forgets those that have ended. */
  void clear() {
    spans.clear();
  }

  /** For how long any ran, of those that have ended. */
  double seconds() {
    return spans.stream().mapToLong(span -> span.until - span.from).sum() / 1e3;
  }

  /** Whether one ran at that time, of those that have ended. */
  boolean cover(long at) {
    return spans.stream().anyMatch(span -> span.from <= at && at < span.until);
  }
}
