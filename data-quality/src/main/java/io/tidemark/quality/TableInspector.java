package io.tidemark.quality;

import static org.apache.spark.sql.functions.col;

import io.tidemark.ops.EditedDates;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityRule;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Asks the checks of one table. */
record TableInspector(LakeTables lake, QualityTables tables, Pipeline pipeline, History history) {

  TableInspection inspect(
      String name,
      List<QualityCheck> checks,
      DateSelection selection,
      KnownResults known,
      int shown) {
    // Before the table is opened: an edit that it has and no look has found counts as a later one.
    EditedDates edits = tables.edits(name);
    Optional<StoredTable> found = lake.find(name);
    if (found.isEmpty()) {
      return absent(name, checks, selection);
    }
    StoredTable table = found.get();
    Map<String, StoredTable> referenced = new HashMap<>();
    checks.stream()
        .map(check -> check.rule().references())
        .filter(of -> !of.isEmpty())
        .distinct()
        .forEach(of -> lake.find(of).ifPresent(stored -> referenced.put(of, stored)));
    AskedTable asked = new AskedTable(table, referenced, edits, history, shown);
    KnownResults answered = selection.dirtyOnly() ? known : KnownResults.NONE;
    List<Question> dated = new ArrayList<>();
    List<Question> whole = new ArrayList<>();
    for (QualityCheck check : checks) {
      boolean isDated = check.scope() == QualityCheck.Scope.DATE && table.isDated();
      (isDated ? dated : whole).add(new Question(check, dated.size() + whole.size()));
    }
    if (!dated.isEmpty()) {
      List<Question> compared =
          dated.stream().filter(question -> question.check().anomaly().isPresent()).toList();
      boolean isAlone = selection.date().isPresent();
      NavigableSet<LocalDate> all =
          isAlone && compared.isEmpty()
              ? new TreeSet<>()
              : DateSelection.all(table, withRows(table), pipeline);
      SortedSet<LocalDate> dates = selection.of(all);
      if (isAlone) {
        asked.measureEarlier(compared, dates, all, known);
      }
      // That nothing is there is what a size has to find; every other check passes then.
      asked.ask(dates.isEmpty() ? sizes(dated) : dated, dates, answered);
    }
    if (!whole.isEmpty()) {
      asked.ask(whole, null, answered);
    }
    return asked.done(dated.isEmpty() || selection.date().isPresent() ? 0 : undated(table));
  }

  private static List<Question> sizes(List<Question> questions) {
    return questions.stream()
        .filter(question -> question.check().rule().kind() == QualityRule.Kind.SIZE)
        .toList();
  }

  private static long undated(StoredTable table) {
    return table.rows().where(table.column(StoredTable.DATE).isNull()).count();
  }

  private static SortedSet<LocalDate> withRows(StoredTable table) {
    if (table.isPartitioned()) {
      return new TreeSet<>(table.byDate().keySet());
    }
    return table
        .rows()
        .select(StoredTable.DATE)
        .where(col(StoredTable.DATE).isNotNull())
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> row.getDate(0).toLocalDate())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static TableInspection absent(
      String name, List<QualityCheck> checks, DateSelection selection) {
    Result.About about = new Result.About(null, null, null, "", null, null);
    List<Result> results =
        checks.stream()
            .map(
                check ->
                    Judge.of(
                        new Question(check, 0),
                        selection.date().orElse(null),
                        Measured.failed(
                            "Cannot find table %s: the lake has none of that name."
                                .formatted(name)),
                        about))
            .toList();
    return new TableInspection(name, results, List.of(), 0, Map.of(), 0, Map.of());
  }
}
