package io.tidemark.pipeline;

import java.time.Duration;

/**
 * What {@code maintain} leaves as it is.
 *
 * @param filesPerDate how many small files a closed date may have
 * @param keepHistory how long every version of a table can be read
 * @param keepOrphans how long files stay that no version of a table has, since a writer may be
 *     about to commit them
 */
public record Maintenance(int filesPerDate, Duration keepHistory, Duration keepOrphans) {
  static final Maintenance DEFAULT = new Maintenance(10, Duration.ofHours(1), Duration.ofDays(7));

  static Maintenance of(Section section) {
    Maintenance maintenance =
        new Maintenance(
            section.optional("files-per-date", "10", Value::count),
            section.optional("keep-history", "1 hour", Value::duration),
            section.optional("keep-orphans", "7 days", Maintenance::atLeastADay));
    section.done();
    return maintenance;
  }

  private static Duration atLeastADay(String text) {
    Duration duration = Value.duration(text);
    if (duration.compareTo(Duration.ofDays(1)) < 0) {
      throw new IllegalArgumentException(
          "Cannot delete files after '%s': a writer may need as long until it commits them. Keep them for a day at least."
              .formatted(text));
    }
    return duration;
  }
}
