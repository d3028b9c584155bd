package io.tidemark.streaming;

import io.tidemark.cli.TextTable;
import java.util.List;

/** What {@code stream --once} has done, in words. */
final class OnceText {
  private OnceText() {}

  static String of(List<LandJob> landed, List<RefreshJob> refreshed) {
    TextTable topics = new TextTable("topic", "landed", "dead letters");
    for (LandJob job : landed) {
      topics.row(job.topic(), "%,d".formatted(job.landed()), "%,d".formatted(job.deadLetters()));
    }
    if (refreshed.isEmpty()) {
      return topics.toString();
    }
    TextTable views = new TextTable("view", "rows written");
    for (RefreshJob job : refreshed) {
      views.row(job.name(), "%,d".formatted(job.written()));
    }
    return topics + System.lineSeparator() + views;
  }
}
