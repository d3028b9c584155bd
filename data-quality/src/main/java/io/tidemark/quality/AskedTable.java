package io.tidemark.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.tidemark.ops.EditedDates;
import io.tidemark.ops.QualityAnswer;
import io.tidemark.pipeline.QualityCheck;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What is found in a table, while it is asked. */
final class AskedTable {
  private final StoredTable table;
  private final Map<String, StoredTable> referenced;
  private final EditedDates edits;
  private final int shown;
  private final History history;
  private final Anomalies anomalies;
  private final Measurement measurement;
  private final List<Result> results = new ArrayList<>();
  private final Set<MeasuredMetric> metrics = new LinkedHashSet<>();
  private final Map<QualityCheck, List<String>> offending = new LinkedHashMap<>();
  private int upToDate;
  private final Map<QualityCheck, Integer> failing = new LinkedHashMap<>();

  AskedTable(
      StoredTable table,
      Map<String, StoredTable> referenced,
      EditedDates edits,
      History history,
      int shown) {
    this.history = history;
    this.table = table;
    this.anomalies = new Anomalies(history, table);
    this.referenced = referenced;
    this.edits = edits;
    this.shown = shown;
    Map<String, Dataset<Row>> rows = new HashMap<>();
    referenced.forEach((name, stored) -> rows.put(name, stored.rows()));
    this.measurement = new Measurement(table, rows);
  }

  /**
   * Measures the earlier dates that anomalies on these are compared with, so that a date gets the
   * same verdict whether it is asked alone or after all the others.
   *
   * @param all dates of the table
   */
  void measureEarlier(
      List<Question> questions,
      SortedSet<LocalDate> dates,
      NavigableSet<LocalDate> all,
      KnownResults known) {
    for (Question question : questions) {
      Set<LocalDate> measured = new HashSet<>(dates);
      for (LocalDate date : dates) {
        Supplier<SortedSet<LocalDate>> unmeasured =
            () ->
                anomalies.unmeasured(
                    question.check(),
                    date,
                    all,
                    earlier ->
                        measured.contains(earlier) || last(question, earlier, known).isPresent());
        // Where a date turns out to have no value, one before it takes its place.
        for (var due = unmeasured.get(); !due.isEmpty(); due = unmeasured.get()) {
          Measurement.Found found = measurement.of(List.of(question), due);
          due.forEach(earlier -> measured(question, earlier, found.of(earlier, question)));
          measured.addAll(due);
        }
      }
    }
  }

  /**
   * @param dates null for the whole table; if there are none it is asked once, of no rows
   */
  void ask(List<Question> questions, SortedSet<LocalDate> dates, KnownResults known) {
    boolean isByDate = dates != null && !dates.isEmpty();
    List<LocalDate> each = isByDate ? List.copyOf(dates) : Arrays.asList((LocalDate) null);
    Map<Question, Set<LocalDate>> due = new LinkedHashMap<>();
    for (Question question : questions) {
      boolean isAnomaly = question.check().anomaly().isPresent();
      for (LocalDate date : each) {
        // What is measured again may be what later dates were compared with.
        Optional<QualityAnswer.Outcome> last =
            isAnomaly && due.containsKey(question) ? Optional.empty() : last(question, date, known);
        if (last.isPresent()) {
          upToDate++;
          if (last.get() == QualityAnswer.Outcome.FAILED
              && question.check().level() == QualityCheck.Level.ERROR) {
            failing.merge(question.check(), 1, Integer::sum);
          }
        } else {
          due.computeIfAbsent(question, of -> new LinkedHashSet<>()).add(date);
        }
      }
    }
    if (due.isEmpty()) {
      return;
    }
    SortedSet<LocalDate> asked =
        isByDate
            ? due.values().stream()
                .flatMap(Set::stream)
                .collect(Collectors.toCollection(TreeSet::new))
            : dates;
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

  private Optional<QualityAnswer.Outcome> last(
      Question question, LocalDate date, KnownResults known) {
    QualityCheck check = question.check();
    return known.of(
        check,
        new QualityAnswer.Present(
            check.definition(),
            date,
            OptionalLong.empty(),
            new QualityAnswer.Files(() -> Optional.of(table.contents(date)), true),
            edits,
            OptionalLong.of(table.version()),
            !check.rule().references().isEmpty(),
            KnownResults.number(referencedVersion(question)),
            () -> Optional.ofNullable(compared(check, date))));
  }

  private String compared(QualityCheck check, LocalDate date) {
    return date == null
        ? null
        : check.anomaly().map(anomaly -> anomaly.compared(date, table.byDate())).orElse(null);
  }

  private Long referencedVersion(Question question) {
    StoredTable stored = referenced.get(question.check().rule().references());
    return stored == null ? null : stored.version();
  }

  private Result judge(Question question, LocalDate date, Measured measured) {
    Result result = measured(question, date, measured);
    return question.check().anomaly().isPresent() && result.value().isPresent()
        ? anomalies.judged(result)
        : result;
  }

  /** Keeps the value, if there is one. */
  private Result measured(Question question, LocalDate date, Measured measured) {
    Result.About about =
        new Result.About(
            measured.failure().isPresent() ? null : measured.tableRows(),
            table.version(),
            referencedVersion(question),
            table.contents(date),
            edits.looks() < 0 ? null : edits.looks(),
            compared(question.check(), date));
    Result result = Judge.of(question, date, measured, about);
    if (result.value().isPresent()) {
      double value = result.value().getAsDouble();
      History.Series series = MeasuredMetric.series(question.check());
      metrics.add(new MeasuredMetric(series, date, value, result.rows(), table.version()));
      if (date != null) {
        history.put(series, date, value);
      }
    }
    return result;
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

  /**
   * @param undated how many of its rows have no date
   */
  TableInspection done(long undated) {
    return new TableInspection(
        table.name(), results, List.copyOf(metrics), upToDate, failing, undated, offending);
  }
}
