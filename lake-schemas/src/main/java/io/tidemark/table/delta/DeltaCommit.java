package io.tidemark.table.delta;

import static scala.jdk.javaapi.CollectionConverters.asJava;
import static scala.jdk.javaapi.CollectionConverters.asScala;

import io.delta.exceptions.DeltaConcurrentModificationException;
import io.tidemark.table.Commit;
import io.tidemark.table.TableDefinition;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.OptimisticTransaction;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.VersionChecksum;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.SetTransaction;
import scala.Option;
import scala.collection.immutable.Seq;

/**
 * Commits to a Delta table, beginning at a version that the caller chooses. Delta's public writer
 * begins at the latest, and so overwrites what came in between; and it computes the table's whole
 * state to see whether a commit is there, which the caller knows already.
 */
record DeltaCommit(DeltaLog log, TableDefinition table, Commit commit, OptionalLong number) {
  /** The transaction id of all landings, whose version is the number of the last one. */
  private static final String LANDINGS = "tidemark.landed";

  /** The transaction id of all commits that erase. */
  private static final String ERASURES = "tidemark.erased";

  /** One that is not a landing. */
  DeltaCommit(DeltaLog log, TableDefinition table, Commit commit) {
    this(log, table, commit, OptionalLong.empty());
  }

  /** Delta refuses it if others have written since to what it replaces. */
  OptimisticTransaction begin(Snapshot from) {
    return log.startTransaction(Option.empty(), Option.apply(from));
  }

  /**
   * Delta refuses it also if its query has committed since, whatever: in another process; and a
   * landing if any query has landed since.
   */
  OptimisticTransaction beginNext(Snapshot from) {
    OptimisticTransaction transaction = begin(from);
    transaction.readTxn().addOne(commit.query());
    number.ifPresent(any -> transaction.readTxn().addOne(LANDINGS));
    return transaction;
  }

  /**
   * @param actions what changes, and that this commit is there
   * @param where which rows are replaced, if any
   */
  void end(OptimisticTransaction transaction, Seq<Action> actions, Option<String> where) {
    transaction.commit(
        actions,
        new DeltaOperations.Write(
            where.isEmpty() ? SaveMode.Append : SaveMode.Overwrite,
            Option.apply(partition()),
            where,
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty(),
            Option.empty()));
  }

  /** What makes this commit known. */
  SetTransaction mark() {
    return mark(commit.query(), commit.batch());
  }

  /** What makes its number known; nothing if it is not a landing. */
  List<SetTransaction> numberMarks() {
    return number.isEmpty()
        ? List.of()
        : List.of(
            mark(LANDINGS, number.getAsLong()), mark(numberOf(commit.query()), number.getAsLong()));
  }

  /** What makes it known that this commit erases rows. */
  SetTransaction erasureMark(Snapshot from) {
    return mark(ERASURES, lastBatch(from, ERASURES).orElse(-1) + 1);
  }

  static boolean isErasureMark(SetTransaction mark) {
    return mark.appId().equals(ERASURES);
  }

  private static SetTransaction mark(String id, long version) {
    return new SetTransaction(id, version, Option.apply(System.currentTimeMillis()));
  }

  /** Whether this commit, or a later one of its query, is in a version. */
  static boolean isIn(Snapshot snapshot, Commit commit) {
    return commit.isIn(lastBatch(snapshot, commit.query()));
  }

  /** The highest batch that a query has committed. */
  static OptionalLong lastBatch(Snapshot snapshot, String query) {
    // The checksum beside a commit mostly has them; the table's state costs three jobs to compute.
    Seq<SetTransaction> transactions =
        snapshot
            .checksumOpt()
            .flatMap(VersionChecksum::setTransactions)
            .getOrElse(snapshot::setTransactions);
    return asJava(transactions).stream()
        .filter(transaction -> transaction.appId().equals(query))
        .mapToLong(SetTransaction::version)
        .findAny();
  }

  /** The number of the last landing. */
  static OptionalLong lastNumber(Snapshot snapshot) {
    return lastBatch(snapshot, LANDINGS);
  }

  /** Whether no landing there has its number, or a higher one. */
  boolean isAbove(Snapshot snapshot) {
    return number.isEmpty() || lastNumber(snapshot).orElse(-1) < number.getAsLong();
  }

  /** Under which number a query has landed its last batch, if it is this one and has one. */
  static OptionalLong number(Snapshot snapshot, Commit last) {
    return lastBatch(snapshot, last.query()).equals(OptionalLong.of(last.batch()))
        ? lastBatch(snapshot, numberOf(last.query()))
        : OptionalLong.empty();
  }

  private static String numberOf(String query) {
    return query + "#number";
  }

  /** Whether a write failed because another writer was faster. */
  static boolean isConflict(Throwable failure) {
    return failure instanceof DeltaConcurrentModificationException;
  }

  Seq<String> partition() {
    return asScala(table.date().stream().toList()).toSeq();
  }
}
