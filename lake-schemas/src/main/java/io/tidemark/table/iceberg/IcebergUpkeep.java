package io.tidemark.table.iceberg;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.table.SmallFiles;
import io.tidemark.table.StreamCheckpoint;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableUpkeep;
import io.tidemark.table.UpkeepPolicy;
import io.tidemark.table.UpkeepTask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;
import org.apache.hadoop.fs.Path;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ExpireSnapshots;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.actions.RewriteDataFiles;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.spark.actions.SparkActions;
import org.apache.iceberg.util.SnapshotUtil;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * Upkeep of an Iceberg table. Compaction makes snapshots that Iceberg calls a replacement, which is
 * what streams and {@link IcebergEdits} go by.
 */
record IcebergUpkeep(
    SparkSession spark, TableDefinition definition, String identifier, Supplier<Table> load)
    implements TableUpkeep {
  private static final long MANIFEST_BYTES = 8L << 20;
  private static final int MANIFESTS = 20;

  @Override
  public List<UpkeepTask> tasks(UpkeepPolicy policy) {
    Table table = load.get();
    if (table.currentSnapshot() == null) {
      return List.of();
    }
    List<UpkeepTask> tasks = new ArrayList<>();
    for (SmallFiles small : smallFiles(table, policy)) {
      tasks.add(
          new UpkeepTask(
              UpkeepTask.Kind.COMPACT, small.date(), small.reason(), () -> compact(small)));
    }
    long manifests = smallManifests(table);
    if (manifests <= MANIFESTS && policy.oldVersions() == 0 && tellsOfReplaced(table, policy)) {
      tasks.add(
          task(
              UpkeepTask.Kind.REWRITE_MANIFESTS,
              "manifests still describe files that were replaced before "
                  + UpkeepTask.seconds(policy.keepSince()),
              this::rewriteManifests));
    }
    if (manifests > MANIFESTS) {
      tasks.add(
          task(
              UpkeepTask.Kind.REWRITE_MANIFESTS,
              "%,d small manifests".formatted(manifests),
              this::rewriteManifests));
    }
    int old = expiring(table, policy).size();
    if (old > policy.oldVersions()) {
      tasks.add(
          task(
              UpkeepTask.Kind.EXPIRE_SNAPSHOTS,
              "%,d snapshots are from before %s"
                  .formatted(old, UpkeepTask.seconds(policy.keepSince())),
              () -> expire(policy)));
    }
    policy
        .orphansBefore(created(table))
        .ifPresent(
            before ->
                tasks.add(
                    task(
                        UpkeepTask.Kind.DELETE_ORPHANS,
                        "files of no version from before " + UpkeepTask.seconds(before),
                        () -> deleteOrphans(before))));
    return tasks;
  }

  /** When its first snapshot was made, as long as the table keeps that. */
  private static Optional<Instant> created(Table table) {
    return StreamSupport.stream(table.snapshots().spliterator(), false)
        .filter(snapshot -> snapshot.sequenceNumber() == 1)
        .findFirst()
        .map(first -> Instant.ofEpochMilli(first.timestampMillis()));
  }

  private static UpkeepTask task(
      UpkeepTask.Kind kind, String reason, Supplier<UpkeepTask.Result> work) {
    return new UpkeepTask(kind, Optional.empty(), reason, work);
  }

  private List<SmallFiles> smallFiles(Table table, UpkeepPolicy policy) {
    Optional<String> column = definition.date();
    Column date =
        column.map(name -> col("partition").getField(name)).orElse(lit(null).cast("date"));
    return SmallFiles.tooMany(
        spark
            .read()
            .format("iceberg")
            .option("versionAsOf", table.currentSnapshot().snapshotId())
            .load(identifier + ".files"),
        col("content").equalTo(0).and(SmallFiles.isSmall(col("file_size_in_bytes"))),
        col("content").notEqual(0),
        date,
        column.isPresent(),
        policy);
  }

  /** Changes nothing if somebody has removed one of the files meanwhile. */
  private UpkeepTask.Result compact(SmallFiles small) {
    return UpkeepTask.unlessOvertaken(
        small.files(), () -> rewrite(small), IcebergCommit::isConflict);
  }

  private UpkeepTask.Result rewrite(SmallFiles small) {
    Table table = load.get();
    List<DeleteFile> deletes =
        small.marked() == 0
            ? List.of()
            : new DeleteFiles(table, definition.date()).of(small.date());
    RewriteDataFiles rewrite =
        SparkActions.get(spark)
            .rewriteDataFiles(new OneDate(table))
            .binPack()
            .option(RewriteDataFiles.TARGET_FILE_SIZE_BYTES, Long.toString(UpkeepPolicy.FILE_BYTES))
            .option("min-file-size-bytes", Long.toString(UpkeepPolicy.FILE_BYTES / 2))
            .option("max-file-size-bytes", Long.toString(UpkeepPolicy.FILE_BYTES * 2))
            .option("min-input-files", "2")
            // Or else deletes would stay that are of files which stay.
            .option("rewrite-all", Boolean.toString(small.marked() > 0));
    if (small.date().isPresent()) {
      rewrite =
          rewrite.filter(
              Expressions.equal(definition.date().orElseThrow(), small.date().get().toString()));
    }
    RewriteDataFiles.Result result = rewrite.execute();
    // Every file that they were of is gone. The commit itself has removed the oldest of them.
    new DeleteFiles(load.get(), definition.date()).remove(small.date(), deletes);
    return small.compacted(
        UpkeepTask.Result.of(result.rewrittenDataFilesCount(), result.addedDataFilesCount()));
  }

  /** A table of which each task writes rows of one date: there is nothing to sort them by. */
  private static final class OneDate extends BaseTable {
    private static final long serialVersionUID = 1L;

    OneDate(Table table) {
      super(((HasTableOperations) table).operations(), table.name());
    }

    @Override
    public Map<String, String> properties() {
      Map<String, String> properties = new HashMap<>(super.properties());
      properties.put(IcebergStorage.FANOUT, "true");
      return properties;
    }
  }

  /**
   * Whether the current snapshot is old and its manifests still hold the statistics of files that
   * it replaced. They do until the next write.
   */
  private static boolean tellsOfReplaced(Table table, UpkeepPolicy policy) {
    return table.currentSnapshot().timestampMillis() < policy.keepSince().toEpochMilli()
        && table.currentSnapshot().dataManifests(table.io()).stream()
            .anyMatch(ManifestFile::hasDeletedFiles);
  }

  private long smallManifests(Table table) {
    return table.currentSnapshot().dataManifests(table.io()).stream()
        .filter(manifest -> manifest.length() < MANIFEST_BYTES / 2)
        .count();
  }

  private UpkeepTask.Result rewriteManifests() {
    Table table = load.get();
    long before = table.currentSnapshot().dataManifests(table.io()).size();
    table
        .rewriteManifests()
        .clusterBy(file -> file.partition().size() == 0 ? 0 : file.partition().get(0, Object.class))
        .rewriteIf(manifest -> manifest.length() < MANIFEST_BYTES / 2 || manifest.hasDeletedFiles())
        .commit();
    return UpkeepTask.Result.of(before, table.currentSnapshot().dataManifests(table.io()).size());
  }

  private UpkeepTask.Result expire(UpkeepPolicy policy) {
    Table table = load.get();
    Set<Long> referenced = referenced(table);
    // Those that stay are not found any more behind one that goes, and neither are their markers.
    List<Snapshot> expiring = expiring(table, policy);
    Map<String, String> markers = new IcebergMarkers(table).toKeep(expiring);
    if (!markers.isEmpty()) {
      UpdateProperties update = table.updateProperties();
      markers.forEach(update::set);
      update.commit();
    }
    // Iceberg's own rule would go by age alone, which is switched off by an age of none.
    ExpireSnapshots expiry = table.expireSnapshots().expireOlderThan(0);
    expiring.stream()
        .map(Snapshot::snapshotId)
        .filter(id -> !referenced.contains(id))
        .forEach(expiry::expireSnapshotId);
    int before = count(table);
    expiry.commit();
    table.refresh();
    return UpkeepTask.Result.of(before, count(table));
  }

  @Override
  public long versionsBefore(Instant then) {
    return StreamSupport.stream(load.get().snapshots().spliterator(), false)
        .filter(snapshot -> snapshot.timestampMillis() < then.toEpochMilli())
        .count();
  }

  private static int count(Table table) {
    return (int) StreamSupport.stream(table.snapshots().spliterator(), false).count();
  }

  /**
   * Snapshots on the way to the present one that nobody needs, the latest first: they are older
   * than is kept, and no stream has yet to read what follows them.
   */
  private List<Snapshot> expiring(Table table, UpkeepPolicy policy) {
    List<Snapshot> line = new ArrayList<>();
    SnapshotUtil.currentAncestors(table).forEach(line::add);
    long since = policy.keepSince().toEpochMilli();
    // Also the one that was the present one then. Clocks differ: one may be younger than the next.
    int kept = 1;
    for (int i = 0; i < line.size(); i++) {
      if (line.get(i).timestampMillis() >= since) {
        kept = Math.max(kept, i + 2);
      }
    }
    for (Path reader : policy.readers()) {
      StreamCheckpoint checkpoint = new StreamCheckpoint(reader, spark);
      if (!checkpoint.hasBegun()) {
        continue;
      }
      Optional<Long> read =
          checkpoint.offset().map((JsonNode offset) -> offset.path("snapshot_id").asLong());
      List<Long> ids = line.stream().map(Snapshot::snapshotId).toList();
      if (read.filter(ids::contains).isEmpty()) {
        // It may begin with any of them, or again.
        return List.of();
      }
      kept = Math.max(kept, ids.indexOf(read.get()) + 1);
    }
    return line.subList(Math.min(kept, line.size()), line.size());
  }

  /** Those to which a branch or a tag leads stay. */
  private static Set<Long> referenced(Table table) {
    Set<Long> referenced = new HashSet<>();
    for (SnapshotRef ref : table.refs().values()) {
      if (ref.snapshotId() != table.currentSnapshot().snapshotId()) {
        SnapshotUtil.ancestorsOf(ref.snapshotId(), table::snapshot)
            .forEach(snapshot -> referenced.add(snapshot.snapshotId()));
      }
    }
    return referenced;
  }

  private UpkeepTask.Result deleteOrphans(Instant before) {
    long deleted =
        StreamSupport.stream(
                SparkActions.get(spark)
                    .deleteOrphanFiles(load.get())
                    .olderThan(before.toEpochMilli())
                    .execute()
                    .orphanFileLocations()
                    .spliterator(),
                false)
            .count();
    return UpkeepTask.Result.of(deleted, 0);
  }
}
