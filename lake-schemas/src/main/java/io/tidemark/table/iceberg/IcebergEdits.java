package io.tidemark.table.iceberg;

import io.tidemark.table.TableEdits;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotChanges;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * Edits of an Iceberg table, from its snapshots. One is whatever Iceberg calls neither an append
 * nor, as it calls compaction, a replacement; an append without the mark of a landing, whose rows
 * may say that they landed earlier than others; and a rollback, which undoes appends too.
 */
record IcebergEdits(Table table, String dateColumn) {
  private static final String EXPIRED = "snapshots-expired";
  private static final String ROLLBACK = "rollback";

  TableEdits since(long version) {
    Snapshot current = table.currentSnapshot();
    long through = current == null ? IcebergTable.EMPTY : current.snapshotId();
    if (through == version) {
      return TableEdits.none(through);
    }
    List<Snapshot> line = new ArrayList<>();
    boolean reached = false;
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(table)) {
      reached = snapshot.snapshotId() == version;
      if (reached) {
        break;
      }
      line.add(snapshot);
      // Its parent may have expired.
      reached = parent(snapshot) == version;
      if (reached) {
        break;
      }
    }
    if (reached) {
      return new TableEdits(through, edits(line));
    }
    return current == null || table.snapshot(version) == null
        ? TableEdits.unknown(through, EXPIRED)
        : rolledBack(version, line, through);
  }

  /** What was done since both lines had the same snapshot, and everything that was undone. */
  private TableEdits rolledBack(long version, List<Snapshot> line, long through) {
    List<Long> ids = line.stream().map(Snapshot::snapshotId).toList();
    List<Snapshot> undone = new ArrayList<>();
    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(version, table::snapshot)) {
      if (ids.contains(snapshot.snapshotId())) {
        List<TableEdits.Edit> edits =
            new ArrayList<>(edits(line.subList(0, ids.indexOf(snapshot.snapshotId()))));
        undone.stream()
            .filter(gone -> !DataOperations.REPLACE.equals(gone.operation()))
            .flatMap(gone -> dates(gone).stream())
            .distinct()
            .forEach(date -> edits.add(new TableEdits.Edit(date, ROLLBACK, through)));
        return new TableEdits(through, edits);
      }
      undone.add(snapshot);
    }
    return TableEdits.unknown(through, EXPIRED);
  }

  private List<TableEdits.Edit> edits(List<Snapshot> snapshots) {
    return snapshots.stream()
        .filter(IcebergEdits::isEdit)
        .flatMap(
            snapshot ->
                dates(snapshot).stream()
                    .map(
                        date ->
                            new TableEdits.Edit(date, operation(snapshot), snapshot.snapshotId())))
        .toList();
  }

  private static String operation(Snapshot snapshot) {
    return IcebergCommit.isErasure(snapshot) ? TableEdits.ERASED : snapshot.operation();
  }

  private static boolean isEdit(Snapshot snapshot) {
    return DataOperations.APPEND.equals(snapshot.operation())
        ? !IcebergCommit.isMarked(snapshot)
        : !DataOperations.REPLACE.equals(snapshot.operation());
  }

  private static long parent(Snapshot snapshot) {
    return snapshot.parentId() == null ? IcebergTable.EMPTY : snapshot.parentId();
  }

  private Set<Optional<LocalDate>> dates(Snapshot snapshot) {
    SnapshotChanges changes = SnapshotChanges.builderFor(table).snapshot(snapshot).build();
    Set<Optional<LocalDate>> dates = new HashSet<>();
    Stream.<Iterable<? extends ContentFile<?>>>of(
            changes.addedDataFiles(),
            changes.removedDataFiles(),
            changes.addedDeleteFiles(),
            changes.removedDeleteFiles())
        .flatMap(files -> StreamSupport.stream(files.spliterator(), false))
        .forEach(file -> dates.add(date(file)));
    return dates;
  }

  /** Empty if the file may hold rows of any: somebody has partitioned the table in another way. */
  Optional<LocalDate> date(ContentFile<?> file) {
    PartitionSpec spec = table.specs().get(file.specId());
    int source = table.schema().findField(dateColumn).fieldId();
    List<PartitionField> fields = spec.fields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).sourceId() == source && fields.get(i).transform().isIdentity()) {
        Integer day = file.partition().get(i, Integer.class);
        return Optional.ofNullable(day).map(LocalDate::ofEpochDay);
      }
    }
    return Optional.empty();
  }
}
