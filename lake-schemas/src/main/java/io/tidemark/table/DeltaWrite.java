package io.tidemark.table;

import static scala.jdk.javaapi.CollectionConverters.asScala;

import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.DeltaOptions;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.commands.WriteIntoDelta;
import scala.Option;
import scala.collection.immutable.Seq;

/**
 * Writes to a Delta table from a version that the caller chooses. Delta's public writer begins at
 * the latest, and so overwrites what came in between; and it computes the table's whole state to
 * see whether a commit is there, which the caller knows already.
 */
final class DeltaWrite {
  private final DeltaLog log;
  private final TableDefinition table;
  private final Dataset<Row> rows;
  private final Map<String, String> options = new HashMap<>();

  DeltaWrite(DeltaLog log, TableDefinition table, Dataset<Row> rows, Commit commit) {
    this.log = log;
    this.table = table;
    this.rows = rows;
    options.put(DeltaOptions.TXN_APP_ID(), commit.query());
    options.put(DeltaOptions.TXN_VERSION(), Long.toString(commit.batch()));
  }

  void append(Snapshot from) {
    commit(SaveMode.Append, from);
  }

  /**
   * Makes the rows all there is where a predicate over the partitions holds. Delta itself finds any
   * commit since {@code from} to the same partitions.
   */
  void replace(String where, Snapshot from) {
    options.put(DeltaOptions.REPLACE_WHERE_OPTION(), where);
    commit(SaveMode.Overwrite, from);
  }

  private void commit(SaveMode mode, Snapshot from) {
    SparkSession spark = rows.sparkSession();
    Seq<String> partition = asScala(table.date().stream().toList()).toSeq();
    WriteIntoDelta write =
        new WriteIntoDelta(
            log,
            mode,
            new DeltaOptions(immutable(options), spark.sessionState().conf()),
            partition,
            immutable(Map.of()),
            rows,
            Option.empty(),
            Option.empty(),
            false);
    OptimisticTransaction transaction = log.startTransaction(Option.empty(), Option.apply(from));
    // Delta then refuses if the same query has committed since: two processes of one query.
    transaction.readTxn().addOne(options.get(DeltaOptions.TXN_APP_ID()));
    Seq<Action> actions = write.write(transaction, spark, Option.empty(), false);
    transaction.commit(
        actions,
        new DeltaOperations.Write(
            mode,
            Option.apply(partition),
            Option.apply(options.get(DeltaOptions.REPLACE_WHERE_OPTION())),
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty()));
  }

  private static scala.collection.immutable.Map<String, String> immutable(
      Map<String, String> options) {
    return scala.collection.immutable.Map.from(asScala(options));
  }
}
