package io.tidemark.table.delta;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.table.TableEdits;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.delta.DeltaColumnMapping;
import org.apache.spark.sql.delta.DeltaHistoryManager;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.CommitInfo;
import org.apache.spark.sql.delta.actions.FileAction;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.sql.delta.actions.SetTransaction;
import scala.Option;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;

/**
 * Edits of a Delta table, from its log. A commit that removes files is one unless it says, as
 * compaction does, that it changes no data; and so is one that adds rows without the mark of a
 * landing, since they may say of themselves that they landed earlier than others.
 */
record DeltaEdits(DeltaLog log, Snapshot present, String dateColumn) {
  private static final String LOG_CLEANED = "log-cleaned";
  private static final String REPLACED = "replaced";

  TableEdits since(long version) {
    long through = present.version();
    if (version == through) {
      return TableEdits.none(through);
    }
    if (version > through) {
      return TableEdits.unknown(through, REPLACED);
    }
    if (DeltaHistoryManager.getEarliestDeltaFile(log) > version + 1) {
      return TableEdits.unknown(through, LOG_CLEANED);
    }
    List<TableEdits.Edit> edits = new ArrayList<>();
    Iterator<Tuple2<Object, Seq<Action>>> commits =
        log.getChanges(version + 1, through, Option.empty(), true);
    while (commits.hasNext()) {
      Tuple2<Object, Seq<Action>> commit = commits.next();
      edits.addAll(of((Long) commit._1(), asJava(commit._2())));
    }
    return new TableEdits(through, edits);
  }

  private List<TableEdits.Edit> of(long version, List<Action> actions) {
    List<FileAction> changed =
        actions.stream()
            .filter(action -> action instanceof AddFile || action instanceof RemoveFile)
            .map(FileAction.class::cast)
            .filter(FileAction::dataChange)
            .toList();
    boolean isLanded = actions.stream().anyMatch(SetTransaction.class::isInstance);
    if (isLanded && changed.stream().noneMatch(RemoveFile.class::isInstance)) {
      return List.of();
    }
    String operation = operation(actions);
    return changed.stream()
        .map(this::date)
        .distinct()
        .map(date -> new TableEdits.Edit(date, operation, version))
        .toList();
  }

  private static String operation(List<Action> actions) {
    if (actions.stream()
        .anyMatch(
            action -> action instanceof SetTransaction mark && DeltaCommit.isErasureMark(mark))) {
      return TableEdits.ERASED;
    }
    return actions.stream()
        .filter(CommitInfo.class::isInstance)
        .map(info -> ((CommitInfo) info).operation())
        .findAny()
        .orElse("commit");
  }

  /** Empty if the log does not say it. */
  private Optional<LocalDate> date(FileAction file) {
    String column =
        DeltaColumnMapping.getPhysicalName(present.metadata().schema().apply(dateColumn));
    Map<String, String> values =
        file.partitionValues() == null ? Map.of() : new TreeMap<>(asJava(file.partitionValues()));
    return Optional.ofNullable(values.get(column)).map(LocalDate::parse);
  }
}
