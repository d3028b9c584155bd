package io.tidemark.table.delta;

import static java.util.stream.Collectors.toMap;
import static org.apache.spark.sql.functions.col;
import static scala.jdk.javaapi.CollectionConverters.asJava;
import static scala.jdk.javaapi.CollectionConverters.asScala;

import io.tidemark.table.Batch;
import io.tidemark.table.RowLevel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.sql.delta.commands.DMLWithDeletionVectorsHelper$;
import org.apache.spark.sql.delta.commands.DeletionVectorBitmapGenerator$;
import org.apache.spark.sql.delta.commands.DeletionVectorResult;
import org.apache.spark.sql.delta.commands.DeletionVectorUtils$;
import org.apache.spark.sql.delta.commands.TouchedFileWithDV;
import scala.Option;
import scala.Tuple2;
import scala.collection.immutable.Seq;

/**
 * An upsert that marks the rows that it replaces in the deletion vectors of their files, and writes
 * files with its own rows alone. It reads the keys of its dates once, where Delta's MERGE reads
 * them twice.
 *
 * @param transaction has read the dates of the batch: nobody else may have added to them since
 * @param files of these dates
 */
record DeltaRowUpsert(
    Snapshot from,
    DeltaCommit commit,
    Batch batch,
    OptimisticTransaction transaction,
    Seq<AddFile> files) {
  private static final DMLWithDeletionVectorsHelper$ MARKS = DMLWithDeletionVectorsHelper$.MODULE$;

  /** Names that no view has: its own begin with a letter. */
  private static final String FILE = "__file";

  private static final String POSITION = "__position";

  /** No row of a file takes less. */
  private static final long BYTES_PER_ROW = 2;

  /** Empty if the batch is to write its dates again, or its table may have no deletion vectors. */
  static Optional<DeltaRowUpsert> of(Snapshot from, DeltaCommit commit, Batch batch) {
    SparkSession spark = batch.rows().sparkSession();
    RowLevel level = RowLevel.of(spark);
    if (!level.maySuit(batch, mostRows(from)) || !isAllowed(from)) {
      return Optional.empty();
    }
    OptimisticTransaction transaction = commit.beginNext(from);
    Seq<AddFile> files = transaction.filterFiles(MARKS.parsePredicates(spark, batch.place()), true);
    long rows = 0;
    for (AddFile file : asJava(files)) {
      if (file.numLogicalRecords().isEmpty()) {
        // Without statistics a file can have no deletion vector.
        return Optional.empty();
      }
      rows += (Long) file.numLogicalRecords().get();
    }
    return level.suits(batch, rows, files.size())
        ? Optional.of(new DeltaRowUpsert(from, commit, batch, transaction, files))
        : Optional.empty();
  }

  private static long mostRows(Snapshot from) {
    return from.sizeInBytesIfKnown().isEmpty()
        ? Long.MAX_VALUE
        : (Long) from.sizeInBytesIfKnown().get() / BYTES_PER_ROW;
  }

  /**
   * Only its owner knows whether all of its readers know them: with the property on, others refuse
   * the table.
   */
  private static boolean isAllowed(Snapshot from) {
    return DeletionVectorUtils$.MODULE$.deletionVectorsWritable(
        from, Option.empty(), Option.empty());
  }

  /** Whether a version can have marked rows: one whose readers know of them. */
  static boolean mayMark(Snapshot version) {
    return DeletionVectorUtils$.MODULE$.deletionVectorsReadable(
        version, Option.empty(), Option.empty());
  }

  /**
   * @param stored the rows of the version that it is based on
   */
  void run(Dataset<Row> stored, List<String> key) {
    List<Action> actions = new ArrayList<>(List.of(commit.mark()));
    actions.addAll(marked(touched(stored, key)));
    actions.addAll(asJava(transaction.writeFiles(batch.added(from.schema()))));
    commit.end(transaction, asScala(actions).toSeq(), Option.apply(batch.place()));
  }

  /** Files with rows that are replaced, each with its new deletion vector. */
  private List<TouchedFileWithDV> touched(Dataset<Row> stored, List<String> key) {
    Dataset<Row> replaced =
        batch
            .replaced(
                stored.select(
                    col("*"),
                    col("_metadata.file_path").as(FILE),
                    col("_metadata.row_index").as(POSITION)),
                key)
            .select(FILE, POSITION);
    Seq<DeletionVectorResult> vectors =
        DeletionVectorBitmapGenerator$.MODULE$.buildRowIndexSetsForFilesMatchingCondition(
            batch.rows().sparkSession(),
            transaction,
            true,
            replaced,
            files,
            Literal.TrueLiteral(),
            Option.apply(col(FILE)),
            Option.apply(col(POSITION)));
    return asJava(
        MARKS.findFilesWithMatchingRows(
            transaction, MARKS.generateCandidateFileMap(commit.log().dataPath(), files), vectors));
  }

  private List<Action> marked(List<TouchedFileWithDV> touched) {
    Map<String, TouchedFileWithDV> byPath =
        touched.stream().collect(toMap(file -> file.fileLogEntry().path(), Function.identity()));
    if (byPath.isEmpty()) {
      return List.of();
    }
    long now = System.currentTimeMillis();
    List<Action> actions = new ArrayList<>();
    // With the statistics that the log has of them, which the transaction's lack.
    for (AddFile file :
        from.allFiles().where(col("path").isin(byPath.keySet().toArray())).collectAsList()) {
      TouchedFileWithDV with = byPath.remove(file.path());
      if (with.isFullyReplaced()) {
        actions.add(file.removeWithTimestamp(now, true));
      } else {
        Tuple2<AddFile, RemoveFile> change = file.removeRows(with.newDeletionVector(), true, true);
        actions.add(change._1());
        actions.add(change._2());
      }
    }
    if (!byPath.isEmpty()) {
      throw new IllegalStateException(
          "Cannot write to %s: version %d does not list %s"
              .formatted(commit.table().name(), from.version(), byPath.keySet()));
    }
    return actions;
  }
}
