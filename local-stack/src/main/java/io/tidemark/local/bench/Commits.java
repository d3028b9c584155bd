package io.tidemark.local.bench;

import io.tidemark.output.WrongUsageException;
import java.util.List;
import java.util.stream.Stream;

/**
 * How often a stream commits while it is measured.
 *
 * @param commits landing batches
 * @param rate events a second
 */
public record Commits(int commits, int rate) {
  /** Of all commits: the first and the second time that the stream is looked at. */
  private static final int EARLY = 40;

  private static final int MIDDLE = 4;

  /** So that there is a batch before the first that counts. */
  private static final int LEAST = 2 * EARLY;

  public Commits {
    if (commits < LEAST || rate < 1) {
      throw new WrongUsageException(
          "Cannot measure %d commits with %d events a second: give at least %d commits and an event a second"
              .formatted(commits, rate, LEAST));
    }
  }

  /** After how many commits the stream is looked at. */
  List<Integer> marks() {
    return Stream.of(commits / EARLY, commits / MIDDLE, commits).toList();
  }

  /** How many landing batches before a mark count. */
  int window() {
    return Math.max(1, commits / EARLY / 2);
  }
}
