package io.tidemark.pipeline;

import java.time.Duration;
import java.util.Optional;

/**
 * What {@code maintain} leaves as it is, and when it runs by itself.
 *
 * @param filesPerDate how many small files a closed date may have
 * @param keepHistory how long every version of a table can be read
 * @param keepOrphans how long files stay that no version of a table has, since a writer may be
 *     about to commit them
 * @param inStream how long {@code stream} waits between two runs of it; empty if it runs none
 */
public record Maintenance(
    int filesPerDate, Duration keepHistory, Duration keepOrphans, Optional<Duration> inStream) {
  static final Maintenance DEFAULT =
      new Maintenance(10, Duration.ofHours(1), Duration.ofDays(7), Optional.empty());

  static Maintenance of(Section section) {
    Maintenance maintenance =
        new Maintenance(
            section.optional("files-per-date", "10", Value::count),
            section.optional("keep-history", "1 hour", Value::duration),
            section.optional("keep-orphans", "7 days", Maintenance::atLeastADay),
            section.optional("in-stream", Maintenance::atLeastAMinute));
    section.done();
    return maintenance;
  }

  private static Duration atLeastADay(String text) {
    Duration duration = Value.duration(text);
    if (duration.compareTo(Duration.ofDays(1)) < 0) {
      throw new IllegalArgumentException(
          "Cannot delete files after '%s': a writer may not have committed them yet. Keep them for at least a day."
              .formatted(text));
    }
    return duration;
  }

  private static Duration atLeastAMinute(String text) {
    Duration duration = Value.duration(text);
    if (duration.compareTo(Duration.ofMinutes(1)) < 0) {
      throw new IllegalArgumentException(
          "Cannot maintain tables every '%s': each run looks at all of them. Give a minute or more, for example 1 hour."
              .formatted(text));
    }
    return duration;
  }
}
