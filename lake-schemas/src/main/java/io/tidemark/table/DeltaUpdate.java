package io.tidemark.table;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.substring_index;
import static org.apache.spark.sql.functions.when;
import static scala.jdk.javaapi.CollectionConverters.asJava;
import static scala.jdk.javaapi.CollectionConverters.asScala;

import java.util.ArrayList;
import java.util.Arrays;
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
import scala.Option;

/**
 * Sets columns of rows of a Delta table by their key. Delta's MERGE says that it has read the whole
 * table, so every append beside it is a conflict, and a stream appends all the time. This one says
 * which files it replaces, and nothing else: rows that are appended meanwhile are none of those
 * that it sets.
 *
 * @param values the key, which is unique, and the columns that are set
 * @param only a condition on the row as it is, {@code present}
 */
record DeltaUpdate(DeltaLog log, Dataset<Row> values, List<String> key, String only) {
  private static final String FILE = "_file";

  void run() {
    Snapshot from = log.update(false, Option.empty(), Option.empty());
    Dataset<Row> present = present(from).as("present");
    Dataset<Row> value = broadcast(values).as("value");
    Column matches =
        key.stream()
            .map(name -> col("present.`" + name + "`").equalTo(col("value.`" + name + "`")))
            .reduce(expr(only), Column::and);
    Set<String> files =
        present.join(value, matches, "left_semi").select(FILE).distinct().collectAsList().stream()
            .map(row -> row.getString(0))
            .collect(Collectors.toSet());
    if (!files.isEmpty()) {
      Dataset<Row> written =
          present
              .where(col(FILE).isInCollection(files))
              .join(value, matches, "left_outer")
              .select(columns(from));
      commit(from, written, files);
    }
  }

  private Dataset<Row> present(Snapshot from) {
    SparkSession spark = values.sparkSession();
    return spark
        .read()
        .format("delta")
        .option("versionAsOf", from.version())
        .load(log.dataPath().toString())
        // The name alone: the paths before it are written in several ways.
        .select(col("*"), substring_index(col("_metadata.file_path"), "/", -1).as(FILE));
  }

  private Column[] columns(Snapshot from) {
    List<String> set = new ArrayList<>(List.of(values.columns()));
    set.removeAll(key);
    Column isSet = col("value.`" + key.get(0) + "`").isNotNull();
    return Arrays.stream(from.schema().fieldNames())
        .map(
            name ->
                (set.contains(name)
                        ? when(isSet, col("value.`" + name + "`"))
                            .otherwise(col("present.`" + name + "`"))
                        : col("present.`" + name + "`"))
                    .as(name))
        .toArray(Column[]::new);
  }

  private void commit(Snapshot from, Dataset<Row> written, Set<String> files) {
    OptimisticTransaction transaction = log.startTransaction(Option.empty(), Option.apply(from));
    List<Action> actions = new ArrayList<>(asJava(transaction.writeFiles(written)));
    long now = System.currentTimeMillis();
    for (AddFile file : from.allFiles().collectAsList()) {
      if (files.contains(file.path().substring(file.path().lastIndexOf('/') + 1))) {
        actions.add(file.removeWithTimestamp(now, true));
      }
    }
    transaction.commit(asScala(actions).toSeq(), new DeltaOperations.Update(Option.empty()));
  }
}
