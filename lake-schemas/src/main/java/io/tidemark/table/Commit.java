package io.tidemark.table;

import static java.util.Objects.requireNonNull;

import java.util.OptionalLong;

/**
 * The identity of a write: which query made it, and for which of its batches. A table takes each
 * identity once, so a batch that is replayed after a crash changes nothing.
 *
 * @param query the writer's name, the same in every run
 * @param batch rises with every write of that query, from 0
 */
public record Commit(String query, long batch) {
  public Commit {
    requireNonNull(query, "query");
    if (query.isBlank() || batch < 0) {
      throw new IllegalArgumentException(
          "Cannot identify a commit: query '%s', batch %d".formatted(query, batch));
    }
  }

  /**
   * Whether a table has it, or a later one.
   *
   * @param last batch that the query has committed to the table
   */
  public boolean isIn(OptionalLong last) {
    return last.isPresent() && last.getAsLong() >= batch;
  }
}
