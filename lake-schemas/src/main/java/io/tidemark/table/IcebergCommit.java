package io.tidemark.table;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.iceberg.Snapshot;

/**
 * A commit to an Iceberg table, known by the summary of its snapshot.
 *
 * @param number if it is a landing
 * @param after the number of the last landing before it, if there is one
 */
record IcebergCommit(Commit commit, OptionalLong number, OptionalLong after) {
  private static final String QUERY = "tidemark.query";
  private static final String BATCH = "tidemark.batch";
  private static final String NUMBER = "tidemark.number";
  private static final String SNAPSHOT_PROPERTY = "snapshot-property.";

  /** One that is not a landing. */
  IcebergCommit(Commit commit) {
    this(commit, OptionalLong.empty(), OptionalLong.empty());
  }

  /** Options of the write that commits it. */
  Map<String, String> options() {
    Map<String, String> options = new HashMap<>();
    options.put(SNAPSHOT_PROPERTY + QUERY, commit.query());
    options.put(SNAPSHOT_PROPERTY + BATCH, Long.toString(commit.batch()));
    number.ifPresent(n -> options.put(SNAPSHOT_PROPERTY + NUMBER, Long.toString(n)));
    return options;
  }

  /**
   * Whether it may follow these snapshots: not if its query has committed it, nor, as a landing, if
   * any has landed since.
   */
  boolean mayFollow(Iterable<Snapshot> snapshots) {
    return !isIn(snapshots) && (number.isEmpty() || lastNumber(snapshots).equals(after));
  }

  /** Whether one of these snapshots is of this commit, or of a later one of its query. */
  boolean isIn(Iterable<Snapshot> snapshots) {
    return commit.isIn(lastBatch(snapshots, commit.query()));
  }

  /** Whether a snapshot is of any such commit. */
  static boolean isMarked(Snapshot snapshot) {
    return snapshot.summary().containsKey(QUERY);
  }

  /**
   * @param snapshots the latest first
   */
  static OptionalLong lastBatch(Iterable<Snapshot> snapshots, String query) {
    for (Snapshot snapshot : snapshots) {
      if (query.equals(snapshot.summary().get(QUERY))) {
        return OptionalLong.of(Long.parseLong(snapshot.summary().get(BATCH)));
      }
    }
    return OptionalLong.empty();
  }

  /**
   * The number of the last landing.
   *
   * @param snapshots the latest first
   */
  static OptionalLong lastNumber(Iterable<Snapshot> snapshots) {
    for (Snapshot snapshot : snapshots) {
      if (snapshot.summary().containsKey(NUMBER)) {
        return OptionalLong.of(Long.parseLong(snapshot.summary().get(NUMBER)));
      }
    }
    return OptionalLong.empty();
  }

  /** The number under which the last one of its query landed, if that is this one. */
  OptionalLong numberIn(Iterable<Snapshot> snapshots) {
    for (Snapshot snapshot : snapshots) {
      Map<String, String> summary = snapshot.summary();
      if (commit.query().equals(summary.get(QUERY))) {
        return summary.containsKey(NUMBER)
                && summary.get(BATCH).equals(Long.toString(commit.batch()))
            ? OptionalLong.of(Long.parseLong(summary.get(NUMBER)))
            : OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }
}
