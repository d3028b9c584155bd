package io.tidemark.table.delta;

import static scala.jdk.javaapi.CollectionConverters.asScala;

import io.delta.exceptions.ConcurrentTransactionException;
import io.delta.exceptions.DeltaConcurrentModificationException;
import io.delta.exceptions.MetadataChangedException;
import io.tidemark.table.Columns;
import io.tidemark.table.DirectWrite;
import io.tidemark.table.Evolution;
import io.tidemark.table.FewOpenFiles;
import io.tidemark.table.TableDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.connector.write.PhysicalWriteInfo;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.TableFeature;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.util.SerializableConfiguration;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Appends to a Delta table what {@link DirectWrite} hands it: Delta has a writer for plans only.
 * The files are of Delta's own format, the commit is Delta's own transaction; what lies between is
 * done here, for tables as Tidemark makes them.
 */
final class DeltaAppend implements BatchWrite {
  /**
   * What a table asks of its writers that this one does: to take no null for a date, and to write
   * the types that a column has now.
   */
  private static final Set<String> FEATURES = Set.of("appendOnly", "invariants", "typeWidening");

  private final SparkSession spark;
  private final DeltaLog log;
  private final Snapshot from;
  private final TableDefinition table;
  private final DeltaCommit commit;
  private boolean committing;

  DeltaAppend(SparkSession spark, Snapshot from, DeltaCommit commit) {
    this.spark = spark;
    this.log = commit.log();
    this.from = from;
    this.table = commit.table();
    this.commit = commit;
  }

  /** Whether it may write to a table, rather than a query. */
  static boolean isAllowed(SparkSession spark, Snapshot snapshot, TableDefinition table) {
    return DirectWrite.isAllowed(spark) && suits(snapshot, table);
  }

  /**
   * False for a table that asks for more: column mapping, constraints, row tracking and whatever
   * else somebody has turned on. Delta's own writer knows all of it.
   */
  static boolean suits(Snapshot snapshot, TableDefinition table) {
    return partition(snapshot).equals(table.date().stream().toList())
        && Evolution.of(table, snapshot.schema()).isNone()
        && Arrays.stream(snapshot.schema().fields()).allMatch(field -> isPlain(field, table))
        && FEATURES.containsAll(features(snapshot));
  }

  private static List<String> partition(Snapshot snapshot) {
    return CollectionConverters.asJava(snapshot.metadata().partitionColumns());
  }

  private static List<String> features(Snapshot snapshot) {
    return CollectionConverters.asJava(
            snapshot.protocol().implicitlyAndExplicitlySupportedFeatures())
        .stream()
        .map(TableFeature::name)
        .toList();
  }

  /** Whether a column asks for no more than its definition, by which rows are made. */
  private static boolean isPlain(StructField column, TableDefinition table) {
    boolean takesWhatComes =
        column.nullable()
            || Arrays.stream(Columns.of(table).fields())
                .anyMatch(defined -> defined.name().equals(column.name()) && !defined.nullable());
    return takesWhatComes && !column.metadata().contains("delta.invariants");
  }

  @Override
  public DataWriterFactory createBatchWriterFactory(PhysicalWriteInfo info) {
    try {
      Job job = Job.getInstance(log.newDeltaHadoopConf());
      OutputWriterFactory format =
          log.fileFormat(from.protocol(), from.metadata())
              .prepareWrite(
                  spark,
                  job,
                  scala.collection.immutable.Map$.MODULE$.empty(),
                  DeltaFiles.data(table.columns(), table.date()));
      return new DeltaFiles(
          log.dataPath().toString(),
          format,
          new SerializableConfiguration(job.getConfiguration()),
          table.columns(),
          table.date().orElse(null),
          table.pruning(),
          FewOpenFiles.atOnce(spark));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot prepare to write to " + table.name(), e);
    }
  }

  @Override
  public void commit(WriterCommitMessage[] messages) {
    List<Action> actions = new ArrayList<>(List.of(commit.mark()));
    actions.addAll(commit.numberMarks());
    for (WriterCommitMessage message : messages) {
      for (String action : ((DeltaFileWriter.Written) message).actions()) {
        actions.add(Action.fromJson(action));
      }
    }
    committing = true;
    try {
      commit(asScala(actions).toSeq());
    } catch (DeltaConcurrentModificationException e) {
      // Delta refused it. Unless what it found in the way was this very commit, nobody has it.
      committing = DeltaCommit.isIn(latest(), commit.commit());
      throw e;
    }
  }

  /** Again, with the same files, where what has come between does not matter to these rows. */
  private void commit(Seq<Action> actions) {
    Snapshot base = from;
    while (true) {
      try {
        commit.end(commit.beginNext(base), actions, Option.empty());
        return;
      } catch (MetadataChangedException | ConcurrentTransactionException e) {
        // The table has gained a column, of which they have nothing to say; or others have landed.
        Snapshot now = latest();
        if (!suits(now, table) || DeltaCommit.isIn(now, commit.commit()) || !commit.isAbove(now)) {
          throw e;
        }
        base = now;
      }
    }
  }

  private Snapshot latest() {
    return log.update(false, Option.empty(), Option.empty());
  }

  @Override
  public void abort(WriterCommitMessage[] messages) {
    // A commit that has failed may be there all the same; then its files are the table's.
    if (committing) {
      return;
    }
    Configuration hadoop = log.newDeltaHadoopConf();
    Cleanup cleanup = new Cleanup();
    for (WriterCommitMessage message : messages) {
      for (String file : ((DeltaFileWriter.Written) message).paths()) {
        Path path = new Path(file);
        cleanup.attempt(() -> path.getFileSystem(hadoop).delete(path, false));
      }
    }
    try {
      cleanup.end("Cannot delete all files of a batch that failed");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
