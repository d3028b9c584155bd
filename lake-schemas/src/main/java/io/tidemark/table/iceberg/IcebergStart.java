package io.tidemark.table.iceberg;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.table.StreamCheckpoint;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Where a query over an Iceberg table begins. Iceberg's own begins with what the oldest snapshot
 * has added, and so passes over all that expired ones had; and it fails where the snapshot that a
 * query once began with has expired, however far the query has read since.
 */
record IcebergStart(Table table, StreamCheckpoint checkpoint) {
  private static final String SNAPSHOT = "snapshot_id";
  private static final String POSITION = "position";

  /**
   * Writes the offset that batch 0 begins with, as Iceberg keeps it, where its own would be wrong.
   */
  void prepare() {
    Optional<JsonNode> read = checkpoint.offset();
    if (read.isPresent()) {
      // What a query began with is of no use once it has gone on, but for Iceberg to look at.
      if (checkpoint
          .initialOffset()
          .filter(this::isThere)
          .filter(IcebergStart::isBegin)
          .isEmpty()) {
        // From its begin on: Iceberg fails where nothing follows what a query began with.
        checkpoint.keepInitialOffset(((ObjectNode) read.get()).deepCopy().put(POSITION, 0));
      }
    } else if (!checkpoint.hasBegun() && table.currentSnapshot() != null && !isWhole()) {
      checkpoint.keepInitialOffset(
          JsonNodeFactory.instance
              .objectNode()
              .put("version", 1)
              .put(SNAPSHOT, appended().snapshotId())
              .put(POSITION, 0)
              .put("scan_all_files", true));
    }
  }

  Optional<String> gap() {
    Optional<JsonNode> next =
        checkpoint.offset().or(checkpoint.hasBegun() ? checkpoint::initialOffset : Optional::empty);
    return next.filter(offset -> !isThere(offset) || isUndone(offset))
        .map(
            offset ->
                "snapshot %d of the table, which it has read last, %s"
                    .formatted(
                        offset.path(SNAPSHOT).asLong(),
                        isThere(offset) ? "was undone by a rollback" : "is gone"));
  }

  /** Whether the snapshots go back to the first, and no later one erases rows. */
  private boolean isWhole() {
    Snapshot oldest = SnapshotUtil.oldestAncestor(table);
    return oldest.parentId() == null
        && DataOperations.APPEND.equals(oldest.operation())
        && StreamSupport.stream(SnapshotUtil.currentAncestors(table).spliterator(), false)
            .noneMatch(IcebergCommit::isErasure);
  }

  /** The current snapshot, or one like it: a query passes over those that append nothing. */
  private Snapshot appended() {
    if (!DataOperations.APPEND.equals(table.currentSnapshot().operation())) {
      table.newAppend().commit();
      table.refresh();
    }
    return table.currentSnapshot();
  }

  /** What follows a snapshot cannot be told if the table has gone back behind it. */
  private boolean isUndone(JsonNode offset) {
    return table.currentSnapshot() == null
        || !SnapshotUtil.isAncestorOf(table, offset.path(SNAPSHOT).asLong());
  }

  private static boolean isBegin(JsonNode offset) {
    return offset.path(POSITION).asLong() == 0;
  }

  private boolean isThere(JsonNode offset) {
    return table.snapshot(offset.path(SNAPSHOT).asLong()) != null;
  }
}
