package io.tidemark.table.delta;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static scala.jdk.javaapi.CollectionConverters.asJava;
import static scala.jdk.javaapi.CollectionConverters.asScala;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.util.DeltaFileOperations;
import scala.Option;

/**
 * Rewrites the files of a Delta table that hold rows with given keys. Delta's MERGE declares that
 * it has read the whole table, so every concurrent append conflicts with it, and a stream appends
 * all the time. This rewrite declares only the files that it replaces: rows that are appended
 * meanwhile do not have these keys.
 *
 * @param from the version whose files it replaces
 * @param values the key, which is unique, and the columns that go with it: {@code value}
 * @param only a condition on the row as it is, {@code present}
 */
record DeltaFileRewrite(
    DeltaLog log, Snapshot from, Dataset<Row> values, List<String> key, String only) {
  private static final String FILE = "_file";

  /** More keys than this are not broadcast. */
  private static final long FEW = 1_000_000;

  /**
   * The files that have such rows, as Spark spells their paths. A name is not enough: the files
   * that one task of a landing writes on several dates have the same.
   */
  Set<String> files() {
    return present()
        .join(value(), matches(), "left_semi")
        .select(FILE)
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }

  /** All rows of these files, joined with the values of their keys. */
  Dataset<Row> joined(Set<String> files, String how) {
    return present().where(col(FILE).isInCollection(files)).join(value(), matches(), how);
  }

  /** Replaces these files in one commit, together with other actions. */
  void commit(
      Set<String> files, Dataset<Row> written, List<Action> marks, DeltaOperations.Operation how) {
    OptimisticTransaction transaction = log.startTransaction(Option.empty(), Option.apply(from));
    List<Action> actions = new ArrayList<>(marks);
    if (!files.isEmpty()) {
      actions.addAll(asJava(transaction.writeFiles(written)));
    }
    long now = System.currentTimeMillis();
    for (AddFile file : listed(files)) {
      actions.add(file.removeWithTimestamp(now, true));
    }
    transaction.commit(asScala(actions).toSeq(), how);
  }

  /** What the log says of these files. */
  private List<AddFile> listed(Set<String> files) {
    Set<String> places = files.stream().map(this::place).collect(Collectors.toSet());
    List<AddFile> listed =
        from.allFiles().collectAsList().stream()
            .filter(file -> places.contains(place(file.path())))
            .toList();
    if (listed.size() != files.size()) {
      // Rows would be there twice, or not at all.
      throw new IllegalStateException(
          "Cannot rewrite files of %s: version %d lists %d of %s"
              .formatted(log.dataPath(), from.version(), listed.size(), files));
    }
    return listed;
  }

  /** Spark and the log may spell the way to a table differently, and may encode it. */
  private String place(String path) {
    return DeltaFileOperations.absolutePath(log.dataPath().toString(), path).toUri().getPath();
  }

  private Dataset<Row> present() {
    SparkSession spark = values.sparkSession();
    return spark
        .read()
        .format("delta")
        .option("versionAsOf", from.version())
        .load(log.dataPath().toString())
        .select(col("*"), col("_metadata.file_path").as(FILE))
        .as("present");
  }

  private Dataset<Row> value() {
    return (values.count() > FEW ? values : broadcast(values)).as("value");
  }

  private Column matches() {
    return key.stream()
        .map(name -> col("present.`" + name + "`").equalTo(col("value.`" + name + "`")))
        .reduce(expr(only), Column::and);
  }
}
