package io.tidemark.table.iceberg;

import io.tidemark.table.Commit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * What every query has committed last to an Iceberg table, and under which number it has landed.
 * That stands in the summary of a snapshot; before the snapshot expires, properties of the table
 * get it.
 */
record IcebergMarkers(Table table) {
  private static final String PROPERTY = "tidemark.last-batch.";
  private static final String NUMBER = "tidemark.last-number.";

  /** The number of the last landing, by whichever query. */
  private static final String LAST_NUMBER = "tidemark.last-number";

  OptionalLong lastBatch(String query) {
    OptionalLong inSnapshots = IcebergCommit.lastBatch(SnapshotUtil.currentAncestors(table), query);
    return inSnapshots.isPresent() ? inSnapshots : kept(table.properties(), query);
  }

  /** The number of the last landing, by whichever query. */
  OptionalLong lastNumber() {
    return lastNumber(SnapshotUtil.currentAncestors(table), table.properties());
  }

  /**
   * @param snapshots the latest first
   * @param properties of the table
   */
  static OptionalLong lastNumber(Iterable<Snapshot> snapshots, Map<String, String> properties) {
    for (Snapshot snapshot : snapshots) {
      OptionalLong number = IcebergCommit.number(snapshot);
      if (number.isPresent()) {
        return number;
      }
    }
    return kept(properties, LAST_NUMBER, "");
  }

  /** Under which number a query has landed its last batch, if it is this one and has one. */
  OptionalLong number(Commit last) {
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      Optional<Commit> commit = IcebergCommit.of(snapshot);
      if (commit.isPresent() && commit.get().query().equals(last.query())) {
        return commit.get().equals(last) ? IcebergCommit.number(snapshot) : OptionalLong.empty();
      }
    }
    return kept(table.properties(), last.query()).equals(OptionalLong.of(last.batch()))
        ? kept(table.properties(), NUMBER, last.query())
        : OptionalLong.empty();
  }

  /** What was kept of snapshots that have expired. */
  static OptionalLong kept(Map<String, String> properties, String query) {
    return kept(properties, PROPERTY, query);
  }

  private static OptionalLong kept(Map<String, String> properties, String name, String query) {
    String kept = properties.get(name + query);
    return kept == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(kept));
  }

  /**
   * The properties that are to be set before snapshots expire.
   *
   * @param expiring the latest first
   */
  Map<String, String> toKeep(List<Snapshot> expiring) {
    Map<String, String> properties = new TreeMap<>();
    Set<String> queries = new HashSet<>();
    for (Snapshot snapshot : expiring) {
      IcebergCommit.of(snapshot)
          .filter(commit -> queries.add(commit.query()))
          .filter(commit -> !commit.isIn(kept(table.properties(), commit.query())))
          .ifPresent(
              commit -> {
                properties.put(PROPERTY + commit.query(), Long.toString(commit.batch()));
                IcebergCommit.number(snapshot)
                    .ifPresent(
                        number -> properties.put(NUMBER + commit.query(), Long.toString(number)));
              });
      IcebergCommit.number(snapshot)
          .ifPresent(number -> properties.putIfAbsent(LAST_NUMBER, Long.toString(number)));
    }
    return properties;
  }
}
