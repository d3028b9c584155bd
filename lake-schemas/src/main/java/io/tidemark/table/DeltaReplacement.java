package io.tidemark.table;

import static scala.jdk.javaapi.CollectionConverters.asScala;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
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
 * Replaces dates of a Delta table as if the write had begun at an older version. Delta's public
 * writer begins at the latest, and so overwrites what came in between; here Delta itself finds any
 * commit since then to the same dates.
 */
final class DeltaReplacement {
  private final DeltaLog log;
  private final SparkSession spark;

  DeltaReplacement(DeltaLog log, SparkSession spark) {
    this.log = log;
    this.spark = spark;
  }

  void commit(Batch batch, LocalDate from, LocalDate to, long compared, Commit commit) {
    String date = batch.table().date().orElseThrow();
    String dates = "%s >= '%s' AND %s <= '%s'".formatted(date, from, date, to);
    DeltaOptions options =
        new DeltaOptions(
            immutable(
                Map.of(
                    DeltaOptions.REPLACE_WHERE_OPTION(), dates,
                    DeltaOptions.TXN_APP_ID(), commit.query(),
                    DeltaOptions.TXN_VERSION(), Long.toString(commit.batch()))),
            spark.sessionState().conf());
    Seq<String> partition = asScala(List.of(date)).toSeq();
    WriteIntoDelta write =
        new WriteIntoDelta(
            log,
            SaveMode.Overwrite,
            options,
            partition,
            immutable(Map.of()),
            batch.rows(),
            Option.empty(),
            Option.empty(),
            false);

    Snapshot snapshot = log.getSnapshotAt(compared, Option.empty(), Option.empty(), false);
    OptimisticTransaction transaction =
        log.startTransaction(Option.empty(), Option.apply(snapshot));
    Seq<Action> actions = write.write(transaction, spark, Option.empty(), false);
    transaction.commit(
        actions,
        new DeltaOperations.Write(
            SaveMode.Overwrite,
            Option.apply(partition),
            Option.apply(dates),
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
