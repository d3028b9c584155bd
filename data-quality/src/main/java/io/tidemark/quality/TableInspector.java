package io.tidemark.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.QualityCheck;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Asks the checks of one table. */
record TableInspector(LakeTables lake, QualityTables tables, Pipeline pipeline, History history) {

  TableInspection inspect(
      String name,
      List<QualityCheck> checks,
      DateSelection selection,
      KnownResults known,
      int shown) {
    // Before the table is opened: an edit that it has and no look has found counts as a later one.
    Long lastLook = tables.lastLook(name);
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
    Inspected inspected = new Inspected(table, referenced, lastLook, shown);
    List<Question> dated = new ArrayList<>();
    List<Question> whole = new ArrayList<>();
    for (QualityCheck check : checks) {
      boolean isDated = check.scope() == QualityCheck.Scope.DATE && table.isDated();
      (isDated ? dated : whole).add(new Question(check, dated.size() + whole.size()));
    }
    if (!dated.isEmpty()) {
      SortedSet<LocalDate> dates = selection.of(table, withRows(table, selection), pipeline);
      inspected.ask(dated, dates, known);
    }
    if (!whole.isEmpty()) {
      inspected.ask(whole, null, known);
    }
    return inspected.done();
  }

  private static SortedSet<LocalDate> withRows(StoredTable table, DateSelection selection) {
    if (table.isPartitioned() || selection.date().isPresent()) {
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
    Result.About about = new Result.About(0, null, null, "", null);
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
    return new TableInspection(name, results, List.of(), 0, Map.of());
  }

  /** What is found in a table, while it is asked. */
  private final class Inspected {
    private final StoredTable table;
    private final Map<String, StoredTable> referenced;
    private final Long lastLook;
    private final int shown;
    private final Measurement measurement;
    private final List<Result> results = new ArrayList<>();
    private final Set<MeasuredMetric> metrics = new LinkedHashSet<>();
    private final Map<QualityCheck, List<String>> offending = new LinkedHashMap<>();
    private int upToDate;

    Inspected(StoredTable table, Map<String, StoredTable> referenced, Long lastLook, int shown) {
      this.table = table;
      this.referenced = referenced;
      this.lastLook = lastLook;
      this.shown = shown;
      Map<String, Dataset<Row>> rows = new HashMap<>();
      referenced.forEach((name, stored) -> rows.put(name, stored.rows()));
      this.measurement = new Measurement(table, rows);
    }

    /**
     * @param dates null for the whole table
     */
    void ask(List<Question> questions, SortedSet<LocalDate> dates, KnownResults known) {
      List<LocalDate> each = dates == null ? Arrays.asList((LocalDate) null) : List.copyOf(dates);
      Map<Question, Set<LocalDate>> due = new LinkedHashMap<>();
      for (Question question : questions) {
        for (LocalDate date : each) {
          if (isKnown(question, date, known)) {
            upToDate++;
          } else {
            due.computeIfAbsent(question, of -> new LinkedHashSet<>()).add(date);
          }
        }
      }
      if (due.isEmpty()) {
        return;
      }
      SortedSet<LocalDate> asked =
          dates == null
              ? null
              : due.values().stream()
                  .flatMap(Set::stream)
                  .collect(Collectors.toCollection(TreeSet::new));
      Measurement.Found found = measurement.of(List.copyOf(due.keySet()), asked);
      due.forEach(
          (question, ofQuestion) -> {
            SortedSet<LocalDate> failed = new TreeSet<>();
            for (LocalDate date : ofQuestion) {
              Result result = judge(question, date, found.of(date, question));
              results.add(result);
              if (result.outcome() == Result.Outcome.FAILED && date != null) {
                failed.add(date);
              }
            }
            show(question, dates == null ? null : failed);
          });
    }

    private boolean isKnown(Question question, LocalDate date, KnownResults known) {
      return known.isKnown(
          question.check(), date, table.contents(date), referencedVersion(question));
    }

    private Long referencedVersion(Question question) {
      StoredTable stored = referenced.get(question.check().rule().references());
      return stored == null ? null : stored.version();
    }

    private Result judge(Question question, LocalDate date, Measured measured) {
      Result.About about =
          new Result.About(
              measured.tableRows(),
              table.version(),
              referencedVersion(question),
              table.contents(date),
              lastLook);
      Result result = Judge.of(question, date, measured, about);
      if (result.value().isEmpty()) {
        return result;
      }
      double value = result.value().getAsDouble();
      History.Series series = MeasuredMetric.series(question.check());
      metrics.add(new MeasuredMetric(series, date, value, result.rows(), table.version()));
      if (date != null) {
        history.put(series, date, value);
      }
      return question
          .check()
          .anomaly()
          .filter(anomaly -> date != null)
          .map(
              anomaly -> {
                History.Verdict verdict = history.judge(series, date, value, anomaly);
                return new Result(
                    result.check(),
                    date,
                    verdict.isAnomalous() ? Result.Outcome.FAILED : Result.Outcome.PASSED,
                    result.value(),
                    result.rows(),
                    -1,
                    verdict.message(),
                    about);
              })
          .orElse(result);
    }

    /** Rows of the failed dates that do not meet the check. */
    private void show(Question question, SortedSet<LocalDate> failed) {
      boolean isFailed =
          failed == null
              ? results.get(results.size() - 1).outcome() == Result.Outcome.FAILED
              : !failed.isEmpty();
      if (shown == 0 || !isFailed || !question.check().rule().kind().isRatio()) {
        return;
      }
      Column[] columns =
          Arrays.stream(table.rows().columns())
              .map(name -> col("`" + name.replace("`", "``") + "`"))
              .toArray(Column[]::new);
      offending.put(
          question.check(),
          question
              .offending(measurement.prepared(question, failed))
              .select(to_json(struct(columns), new TreeMap<>(Map.of("ignoreNullFields", "false"))))
              .limit(shown)
              .collectAsList()
              .stream()
              .map(row -> row.getString(0))
              .toList());
    }

    TableInspection done() {
      return new TableInspection(table.name(), results, List.copyOf(metrics), upToDate, offending);
    }
  }
}
