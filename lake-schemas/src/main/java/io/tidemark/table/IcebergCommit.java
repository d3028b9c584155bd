package io.tidemark.table;

import java.util.Map;
import java.util.OptionalLong;
import org.apache.iceberg.Snapshot;

/** A commit to an Iceberg table, known by the summary of its snapshot. */
record IcebergCommit(Commit commit) {
  private static final String QUERY = "tidemark.query";
  private static final String BATCH = "tidemark.batch";
  private static final String SNAPSHOT_PROPERTY = "snapshot-property.";

  /** Options of the write that commits it. */
  Map<String, String> options() {
    return Map.of(
        SNAPSHOT_PROPERTY + QUERY,
        commit.query(),
        SNAPSHOT_PROPERTY + BATCH,
        Long.toString(commit.batch()));
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
}
