package io.tidemark.table.iceberg;

import io.tidemark.table.Commit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.CommitStateUnknownException;
import org.apache.iceberg.exceptions.ValidationException;

/**
 * A commit to an Iceberg table, known by the summary of its snapshot.
 *
 * @param number if it is a landing
 */
record IcebergCommit(Commit commit, OptionalLong number) {
  private static final String QUERY = "tidemark.query";
  private static final String BATCH = "tidemark.batch";
  private static final String NUMBER = "tidemark.number";
  private static final String ERASES = "tidemark.erases";
  private static final String SNAPSHOT_PROPERTY = "snapshot-property.";

  /** One that is not a landing. */
  IcebergCommit(Commit commit) {
    this(commit, OptionalLong.empty());
  }

  /** Options of the write that commits it. */
  Map<String, String> options() {
    Map<String, String> options = new HashMap<>();
    options.put(SNAPSHOT_PROPERTY + QUERY, commit.query());
    options.put(SNAPSHOT_PROPERTY + BATCH, Long.toString(commit.batch()));
    number.ifPresent(n -> options.put(SNAPSHOT_PROPERTY + NUMBER, Long.toString(n)));
    return options;
  }

  /** What its snapshot says, if it erases rows. */
  Map<String, String> erasure() {
    return Map.of(
        QUERY,
        commit.query(),
        BATCH,
        Long.toString(commit.batch()),
        ERASES,
        Boolean.toString(true));
  }

  /** Whether a snapshot is of a commit that erases rows. */
  static boolean isErasure(Snapshot snapshot) {
    return snapshot.summary().containsKey(ERASES);
  }

  /**
   * Whether it may follow these snapshots: not if its query has gone on, nor, as a landing, if one
   * of its number or a higher one is there.
   *
   * @param properties of the table, which say what was in snapshots that have expired
   * @throws CommitStateUnknownException if this very commit is there, by another process or because
   *     its own answer was lost. Iceberg then leaves the files alone, which may be the table's
   */
  boolean mayFollow(Iterable<Snapshot> snapshots, Map<String, String> properties) {
    if (lastBatch(snapshots, commit.query()).equals(OptionalLong.of(commit.batch()))) {
      throw new CommitStateUnknownException(
          new IllegalStateException(
              "batch %d of %s is there already".formatted(commit.batch(), commit.query())));
    }
    return !isIn(snapshots)
        && !isKept(properties)
        && (number.isEmpty()
            || IcebergMarkers.lastNumber(snapshots, properties).orElse(-1) < number.getAsLong());
  }

  /** Whether one of these snapshots is of this commit, or of a later one of its query. */
  boolean isIn(Iterable<Snapshot> snapshots) {
    return commit.isIn(lastBatch(snapshots, commit.query()));
  }

  /** The same of snapshots that have expired. */
  boolean isKept(Map<String, String> properties) {
    return commit.isIn(IcebergMarkers.kept(properties, commit.query()));
  }

  /** The commit that made a snapshot, if that says so. */
  static Optional<Commit> of(Snapshot snapshot) {
    return isMarked(snapshot)
        ? Optional.of(
            new Commit(
                snapshot.summary().get(QUERY), Long.parseLong(snapshot.summary().get(BATCH))))
        : Optional.empty();
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

  /** Whether a write failed because another writer was faster. */
  static boolean isConflict(Throwable failure) {
    return failure instanceof ValidationException || failure instanceof CommitFailedException;
  }

  /** The number of the landing that made a snapshot, if one did. */
  static OptionalLong number(Snapshot snapshot) {
    String number = snapshot.summary().get(NUMBER);
    return number == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(number));
  }
}
