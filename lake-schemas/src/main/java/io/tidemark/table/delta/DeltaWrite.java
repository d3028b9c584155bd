package io.tidemark.table.delta;

import static scala.jdk.javaapi.CollectionConverters.asJava;
import static scala.jdk.javaapi.CollectionConverters.asScala;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOptions;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.commands.WriteIntoDelta;
import scala.Option;

/** Writes a query's rows to a Delta table. */
final class DeltaWrite {
  private final DeltaLog log;
  private final Dataset<Row> rows;
  private final DeltaCommit commit;
  private final Map<String, String> options = new HashMap<>();

  DeltaWrite(Dataset<Row> rows, DeltaCommit commit) {
    this.log = commit.log();
    this.rows = rows;
    this.commit = commit;
    options.put(DeltaOptions.TXN_APP_ID(), commit.commit().query());
    options.put(DeltaOptions.TXN_VERSION(), Long.toString(commit.commit().batch()));
  }

  void append(Snapshot from) {
    write(SaveMode.Append, commit.beginNext(from));
  }

  /** Replaces what the rows were merged with, the next after all that its query has committed. */
  void merge(String where, Snapshot from) {
    replace(where, commit.beginNext(from));
  }

  /** Makes the rows all there is where a predicate over the partitions holds. */
  void replace(String where, Snapshot from) {
    // Its query may have replaced others since: what was compared once is repaired run by run.
    replace(where, commit.begin(from));
  }

  private void replace(String where, OptimisticTransaction transaction) {
    options.put(DeltaOptions.REPLACE_WHERE_OPTION(), where);
    write(SaveMode.Overwrite, transaction);
  }

  private void write(SaveMode mode, OptimisticTransaction transaction) {
    SparkSession spark = rows.sparkSession();
    WriteIntoDelta write =
        new WriteIntoDelta(
            log,
            mode,
            new DeltaOptions(immutable(options), spark.sessionState().conf()),
            commit.partition(),
            immutable(Map.of()),
            rows,
            Option.empty(),
            Option.empty(),
            false);
    List<Action> actions =
        new ArrayList<>(asJava(write.write(transaction, spark, Option.empty(), false)));
    actions.addAll(commit.numberMarks());
    commit.end(
        transaction,
        asScala(actions).toSeq(),
        Option.apply(options.get(DeltaOptions.REPLACE_WHERE_OPTION())));
  }

  private static scala.collection.immutable.Map<String, String> immutable(
      Map<String, String> options) {
    return scala.collection.immutable.Map.from(asScala(options));
  }
}
