package io.tidemark.table.delta;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.table.TableVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.sql.delta.util.FileNames;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Seq;

/** Which commits of a Delta table can be read one by one. */
record DeltaHistory(SparkSession spark, DeltaLog log) {
  /** Delta removes commits from its log a month after; what they appended is in the table still. */
  boolean hasFirstCommit() {
    return hasCommit(0);
  }

  /**
   * Whether everything that was ever appended can be read in the order of its commits: none is
   * gone, and no file that one added was taken out again, for which VACUUM may have deleted it.
   */
  boolean isWhole() {
    return hasFirstCommit() && removedSince(0).isEmpty();
  }

  /**
   * Why what follows a version cannot be read, if it cannot.
   *
   * @param next the first version that is to be read; empty for all
   */
  Optional<String> gap(Optional<Long> next) {
    long from = next.orElse(0L);
    if (from <= log.update(false, Option.empty(), Option.empty()).version() && !hasCommit(from)) {
      return Optional.of("commit %d of the table is gone".formatted(from));
    }
    return removedSince(from).stream()
        .filter(file -> !exists(file))
        .findAny()
        .map(file -> "file %s, which it has not read, is gone".formatted(file.getName()));
  }

  /** Files that a commit has added, with new rows, and a later one removed. */
  private Set<Path> removedSince(long version) {
    Set<Path> added = new HashSet<>();
    Set<Path> removed = new HashSet<>();
    Iterator<Tuple2<Object, Seq<Action>>> commits =
        asJava(log.getChanges(version, Option.empty(), false));
    while (commits.hasNext()) {
      for (Action action : asJava(commits.next()._2())) {
        if (action instanceof AddFile file && file.dataChange()) {
          added.add(path(file.path()));
        } else if (action instanceof RemoveFile file && added.contains(path(file.path()))) {
          removed.add(path(file.path()));
        }
      }
    }
    return removed;
  }

  /** Each commit that is there, with the time of its file, as Delta itself tells it. */
  List<TableVersion> versions() {
    Path folder = log.logPath();
    try {
      FileStatus[] files =
          folder.getFileSystem(spark.sessionState().newHadoopConf()).listStatus(folder);
      return Arrays.stream(files)
          .filter(file -> FileNames.isDeltaFile(file.getPath()))
          .map(
              file ->
                  new TableVersion(
                      FileNames.deltaVersion(file.getPath()),
                      Instant.ofEpochMilli(file.getModificationTime())))
          .sorted(Comparator.comparingLong(TableVersion::version))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot list the commits in " + folder, e);
    }
  }

  private Path path(String file) {
    Path path = new Path(java.net.URI.create(file));
    return path.isAbsolute() ? path : new Path(log.dataPath(), path);
  }

  private boolean hasCommit(long version) {
    return exists(FileNames.unsafeDeltaFile(log.logPath(), version));
  }

  private boolean exists(Path file) {
    try {
      Configuration hadoop = spark.sessionState().newHadoopConf();
      FileSystem files = file.getFileSystem(hadoop);
      return files.exists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for " + file, e);
    }
  }
}
