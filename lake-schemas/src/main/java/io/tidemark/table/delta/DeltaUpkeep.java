package io.tidemark.table.delta;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.table.SmallFiles;
import io.tidemark.table.StreamCheckpoint;
import io.tidemark.table.TableUpkeep;
import io.tidemark.table.UpkeepPolicy;
import io.tidemark.table.UpkeepTask;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.TruncationGranularity;
import org.apache.spark.sql.delta.util.FileNames;
import scala.Console;
import scala.Option;

/**
 * Upkeep of a Delta table. Compaction says in its commit that it changes no data, which is what
 * streams and {@link DeltaEdits} go by. Transaction ids, which say what was committed, are part of
 * every checkpoint of the log, and so outlive its commits.
 */
record DeltaUpkeep(SparkSession spark, DeltaTable table, DeltaLog log) implements TableUpkeep {
  /** If these are gone, so are those that were replaced before them. */
  private static final int LOOKED_FOR = 20;

  @Override
  public List<UpkeepTask> tasks(UpkeepPolicy policy) {
    List<UpkeepTask> tasks = new ArrayList<>();
    for (SmallFiles small : smallFiles(policy)) {
      tasks.add(
          new UpkeepTask(
              UpkeepTask.Kind.COMPACT, small.date(), small.reason(), () -> compact(small)));
    }
    keptSince(policy).ifPresent(kept -> tasks.addAll(history(policy, kept)));
    return tasks;
  }

  /** Each looks again at what has to stay, since those before it may take long. */
  private List<UpkeepTask> history(UpkeepPolicy policy, Instant kept) {
    List<UpkeepTask> tasks = new ArrayList<>();
    long old = versionsBefore(kept);
    // Nothing was replaced before the first commit, and to look for it costs a few jobs.
    List<Path> replaced = old == 0 ? List.of() : replaced(kept);
    if (replaced.stream()
        .skip(Math.max(0, replaced.size() - LOOKED_FOR))
        .anyMatch(file -> status(file).isPresent())) {
      tasks.add(
          task(
              UpkeepTask.Kind.DELETE_REPLACED,
              "up to %,d files were replaced before %s"
                  .formatted(replaced.size(), UpkeepTask.seconds(kept)),
              () -> keptSince(policy).map(this::deleteReplaced).orElse(UpkeepTask.Result.NONE)));
    }
    if (old > policy.oldVersions()) {
      tasks.add(
          task(
              UpkeepTask.Kind.CLEAN_LOG,
              "%,d commits are from before %s".formatted(old, UpkeepTask.seconds(kept)),
              () -> keptSince(policy).map(this::cleanLog).orElse(UpkeepTask.Result.NONE)));
    }
    policy
        .orphansBefore(created())
        .ifPresent(
            before ->
                tasks.add(
                    task(
                        UpkeepTask.Kind.DELETE_ORPHANS,
                        "files of no version from before " + UpkeepTask.seconds(before),
                        () ->
                            keptSince(policy)
                                .map(since -> since.isBefore(before) ? since : before)
                                .map(this::deleteOrphans)
                                .orElse(UpkeepTask.Result.NONE))));
    return tasks;
  }

  private Optional<Instant> created() {
    Option<Object> created = table.snapshot().metadata().createdTime();
    return created.isEmpty()
        ? Optional.empty()
        : Optional.of(Instant.ofEpochMilli((Long) created.get()));
  }

  private static UpkeepTask task(
      UpkeepTask.Kind kind, String reason, Supplier<UpkeepTask.Result> work) {
    return new UpkeepTask(kind, Optional.empty(), reason, work);
  }

  private List<SmallFiles> smallFiles(UpkeepPolicy policy) {
    Snapshot present = table.snapshot();
    // The checksum beside a commit mostly knows how many there are.
    if (present.numOfFilesIfKnown().exists(files -> (Long) files <= policy.filesPerDate())
        && !DeltaRowUpsert.mayMark(present)) {
      return List.of();
    }
    Optional<String> column = table.definition().date();
    Column date =
        column
            .map(name -> col("partitionValues").getItem(name).cast("date"))
            .orElse(lit(null).cast("date"));
    return SmallFiles.tooMany(
        present.allFiles().toDF(),
        SmallFiles.isSmall(col("size")),
        col("deletionVector").isNotNull(),
        date,
        column.isPresent(),
        policy);
  }

  /** Delta tries again by itself where others have only added rows meanwhile. */
  private UpkeepTask.Result compact(SmallFiles small) {
    return UpkeepTask.unlessOvertaken(
        small.files(), () -> optimize(small), DeltaCommit::isConflict);
  }

  private UpkeepTask.Result optimize(SmallFiles small) {
    SparkSession session = ((org.apache.spark.sql.classic.SparkSession) spark).cloneSession();
    session
        .conf()
        .set("spark.databricks.delta.optimize.maxFileSize", Long.toString(UpkeepPolicy.FILE_BYTES));
    session
        .conf()
        .set(
            "spark.databricks.delta.optimize.minFileSize",
            Long.toString(UpkeepPolicy.FILE_BYTES / 2));
    String where =
        small
            .date()
            .map(date -> " WHERE `%s` = DATE'%s'".formatted(table.definition().date().get(), date))
            .orElse("");
    String optimize = "OPTIMIZE delta.`%s`%s".formatted(table.path(), where);
    if (small.marked() == 0) {
      return small.compacted(changed(session, optimize));
    }
    // OPTIMIZE goes by sizes and shares, and may leave a large file with few marks as it is.
    String purge = "REORG TABLE delta.`%s`%s APPLY (PURGE)".formatted(table.path(), where);
    UpkeepTask.Result purged = changed(session, purge);
    UpkeepTask.Result optimized = changed(session, optimize);
    return small.compacted(
        UpkeepTask.Result.of(
            purged.before() + optimized.before(), purged.after() + optimized.after()));
  }

  /** Files that a command has removed, and those that it has added. */
  private static UpkeepTask.Result changed(SparkSession session, String command) {
    Row metrics =
        session.sql(command).select("metrics.numFilesRemoved", "metrics.numFilesAdded").head();
    return UpkeepTask.Result.of(metrics.getLong(0), metrics.getLong(1));
  }

  /** What was replaced before then, the first ones first; some may be gone already. */
  private List<Path> replaced(Instant before) {
    return new DeltaReplaced(table.snapshot()).files(before);
  }

  /** Delta's VACUUM goes by the age of all files, or refuses where the log is not whole. */
  private UpkeepTask.Result deleteReplaced(Instant before) {
    List<Path> files = replaced(before);
    long deleted = files.parallelStream().filter(this::delete).count();
    return UpkeepTask.Result.of(deleted, 0);
  }

  private UpkeepTask.Result deleteOrphans(Instant before) {
    SparkSession session = ((org.apache.spark.sql.classic.SparkSession) spark).cloneSession();
    session.conf().set("spark.databricks.delta.retentionDurationCheck.enabled", "false");
    // Or else it goes by a property of the table, which nobody can change beside a stream.
    session.conf().set("spark.databricks.delta.vacuum.retentionWindowIgnore.enabled", "false");
    // Delta makes as many tasks as this of however few folders there are: 10,000 by default.
    session
        .conf()
        .set(
            "spark.sql.sources.parallelPartitionDiscovery.parallelism",
            Integer.toString(2 * spark.sparkContext().defaultParallelism()));
    long files = dataFiles();
    String vacuum =
        String.format(
            Locale.ROOT,
            "VACUUM delta.`%s` RETAIN %.6f HOURS",
            table.path(),
            millisSince(before) / 3_600_000.0);
    // It prints what it has deleted, where a verb may print one JSON object.
    Console.withOut(OutputStream.nullOutputStream(), () -> session.sql(vacuum));
    return UpkeepTask.Result.of(files, dataFiles());
  }

  private static long millisSince(Instant then) {
    return Duration.between(then, Instant.now()).toMillis();
  }

  private UpkeepTask.Result cleanLog(Instant before) {
    long commits = commits().count();
    log.checkpoint(table.snapshot(), Option.empty());
    Optional<Instant> first = firstKept(before);
    first.ifPresent(
        made ->
            log.cleanUpExpiredLogs(
                table.snapshot(),
                Option.empty(),
                Option.apply(millisSince(made) + 1),
                TruncationGranularity.MINUTE()));
    return UpkeepTask.Result.of(commits, commits().count());
  }

  /**
   * When the commit was made with which the log has to begin: the last one with a checkpoint from
   * which the version of then can be read.
   */
  private Optional<Instant> firstKept(Instant then) {
    OptionalLong version =
        commits()
            .filter(commit -> !modified(commit).isAfter(then))
            .mapToLong(commit -> FileNames.deltaVersion(commit.getPath()))
            .max();
    return version.isEmpty()
        ? Optional.empty()
        : inLog("\\d{20}\\.checkpoint\\..*parquet")
            .map(checkpoint -> FileNames.checkpointVersion(checkpoint.getPath()))
            .filter(checkpoint -> checkpoint <= version.getAsLong())
            .max(Comparator.naturalOrder())
            .flatMap(last -> status(FileNames.unsafeDeltaFile(log.logPath(), last)))
            .map(DeltaUpkeep::modified);
  }

  /**
   * Since when everything has to stay: what a stream has yet to read was added by the commit that
   * it asks for first, or later. Empty if that cannot be told.
   */
  private Optional<Instant> keptSince(UpkeepPolicy policy) {
    Instant kept = policy.keepSince();
    for (Path reader : policy.readers()) {
      StreamCheckpoint checkpoint = new StreamCheckpoint(reader, spark);
      if (!checkpoint.hasBegun()) {
        continue;
      }
      Optional<Long> next = next(checkpoint);
      if (next.isPresent() && next.get() > table.version()) {
        continue;
      }
      Optional<Instant> made =
          next.flatMap(version -> status(FileNames.unsafeDeltaFile(log.logPath(), version)))
              .map(DeltaUpkeep::modified);
      if (made.isEmpty()) {
        return Optional.empty();
      }
      Instant unread = made.get().minus(UpkeepPolicy.CLOCK_SKEW);
      kept = unread.isBefore(kept) ? unread : kept;
    }
    return Optional.of(kept);
  }

  /**
   * The first commit that a stream may ask for: as it starts, Spark asks for its last batch again,
   * and for a first batch Delta goes back to the version before its end.
   */
  private static Optional<Long> next(StreamCheckpoint checkpoint) {
    return checkpoint
        .offsetBefore()
        .map(DeltaUpkeep::version)
        .or(() -> checkpoint.offset().map(offset -> Math.max(0, version(offset) - 1)));
  }

  private static long version(JsonNode offset) {
    return offset.path("reservoirVersion").asLong();
  }

  @Override
  public long versionsBefore(Instant then) {
    return commits().filter(commit -> modified(commit).isBefore(then)).count();
  }

  private Stream<FileStatus> commits() {
    return inLog("\\d{20}\\.json");
  }

  private Stream<FileStatus> inLog(String name) {
    try {
      FileSystem files = log.logPath().getFileSystem(spark.sessionState().newHadoopConf());
      return Arrays.stream(files.listStatus(log.logPath()))
          .filter(file -> file.getPath().getName().matches(name));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + log.logPath(), e);
    }
  }

  private long dataFiles() {
    try {
      FileSystem files = log.dataPath().getFileSystem(spark.sessionState().newHadoopConf());
      var all = files.listFiles(log.dataPath(), true);
      long count = 0;
      while (all.hasNext()) {
        count += all.next().getPath().getName().endsWith(".parquet") ? 1 : 0;
      }
      return count;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list " + log.dataPath(), e);
    }
  }

  private boolean delete(Path file) {
    try {
      return file.getFileSystem(spark.sessionState().newHadoopConf()).delete(file, false);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + file, e);
    }
  }

  private Optional<FileStatus> status(Path file) {
    try {
      return Optional.of(
          file.getFileSystem(spark.sessionState().newHadoopConf()).getFileStatus(file));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for " + file, e);
    }
  }

  private static Instant modified(FileStatus file) {
    return Instant.ofEpochMilli(file.getModificationTime());
  }
}
