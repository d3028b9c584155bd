package io.tidemark.quality;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static scala.collection.JavaConverters.seqAsJavaList;

import com.amazon.deequ.analyzers.ScanShareableAnalyzer;
import com.amazon.deequ.analyzers.Size;
import com.amazon.deequ.metrics.Metric;
import io.tidemark.output.FailureReason;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Has deequ's analyzers measure a table, all of them on all dates in one pass over its rows. What
 * deequ aggregates it can aggregate for each date as well.
 *
 * @param referenced rows of the tables that foreign keys are of, by name
 */
record Measurement(StoredTable table, Map<String, Dataset<Row>> referenced) {
  private static final Logger LOG = LoggerFactory.getLogger(Measurement.class);
  private static final int LONGEST = 500;
  private static final int MOST_FAILURES = 30;
  private static final String COUNT = "_tidemark_a";

  /** What was measured, by date and question; by null for a whole table. */
  record Found(Map<LocalDate, Map<Question, Measured>> byDate, Failures failures) {
    Measured of(LocalDate date, Question question) {
      Optional<String> why = failures.of(question, date);
      if (why.isPresent()) {
        return Measured.failed(why.get());
      }
      return byDate.getOrDefault(date, Map.of()).getOrDefault(question, Measured.nothing());
    }
  }

  /**
   * @param dates to look at; null for the whole table at once
   */
  Found of(List<Question> questions, SortedSet<LocalDate> dates) {
    Failures failures = new Failures();
    List<Question> asked = new ArrayList<>();
    for (Question question : questions) {
      try {
        question.prepare(table.rows(), table, referenced(question));
        asked.add(question);
      } catch (Exception e) { // Scala throws checked ones too.
        failures.addAllDates(question, reason(e));
      }
    }
    Map<LocalDate, Map<Question, Measured>> found = new HashMap<>();
    measure(asked, dates, found, failures);
    return new Found(found, failures);
  }

  /** Its rows on these dates, with the columns of a question. */
  Dataset<Row> prepared(Question question, SortedSet<LocalDate> dates) {
    return question.prepare(rows(dates), table, referenced(question));
  }

  /** What cannot be computed, of a check or on a date, does not keep the rest from being so. */
  private void measure(
      List<Question> questions,
      SortedSet<LocalDate> dates,
      Map<LocalDate, Map<Question, Measured>> found,
      Failures failures) {
    if (questions.isEmpty()) {
      return;
    }
    try {
      measureTogether(questions, dates)
          .forEach(
              (date, measured) ->
                  found.computeIfAbsent(date, of -> new HashMap<>()).putAll(measured));
    } catch (Exception e) { // As above.
      if (questions.size() == 1) {
        measureByHalves(questions.get(0), dates, reason(e), found, failures);
        return;
      }
      LOG.warn("Not all checks of {} can be computed; asking one by one", table.name(), e);
      questions.forEach(question -> measure(List.of(question), dates, found, failures));
    }
  }

  private void measureByHalves(
      Question question,
      SortedSet<LocalDate> dates,
      String why,
      Map<LocalDate, Map<Question, Measured>> found,
      Failures failures) {
    if (dates == null) {
      failures.addAllDates(question, why);
      return;
    }
    // Where so many fail, the others are asked once more by the next run.
    if (dates.size() <= 1 || failures.count(question) >= MOST_FAILURES) {
      dates.forEach(date -> failures.add(question, date, why));
      return;
    }
    LocalDate middle = List.copyOf(dates).get(dates.size() / 2);
    measure(List.of(question), dates.headSet(middle), found, failures);
    measure(List.of(question), dates.tailSet(middle), found, failures);
  }

  private Map<LocalDate, Map<Question, Measured>> measureTogether(
      List<Question> questions, SortedSet<LocalDate> dates) {
    List<ScanShareableAnalyzer<?, ?>> analyzers = new ArrayList<>();
    analyzers.add(new Size(Option.empty()));
    Dataset<Row> prepared = rows(dates);
    for (Question question : questions) {
      prepared = question.prepare(prepared, table, referenced(question));
      analyzers.add(question.rows());
      analyzers.add(question.analyzer());
      question.greatest().ifPresent(analyzers::add);
    }
    List<Integer> offsets = new ArrayList<>();
    List<Column> functions = new ArrayList<>();
    for (ScanShareableAnalyzer<?, ?> analyzer : analyzers) {
      // The date comes first.
      offsets.add(functions.size() + 1);
      for (Column function : seqAsJavaList(analyzer.aggregationFunctions())) {
        functions.add(function.as(COUNT + functions.size()));
      }
    }
    Column date = dates == null ? lit(null).cast("date") : col(StoredTable.DATE);
    List<Row> rows =
        prepared
            .groupBy(date.as("_tidemark_date"))
            .agg(functions.get(0), functions.subList(1, functions.size()).toArray(Column[]::new))
            .collectAsList();
    Map<LocalDate, Map<Question, Measured>> measured = new HashMap<>();
    for (Row row : rows) {
      LocalDate of = row.isNullAt(0) ? null : row.getDate(0).toLocalDate();
      long all = count(analyzers.get(0), row, offsets.get(0));
      Map<Question, Measured> ofDate = new LinkedHashMap<>();
      int at = 1;
      for (Question question : questions) {
        long asked = count(analyzers.get(at), row, offsets.get(at));
        Metric<?> metric = metric(analyzers.get(at + 1), row, offsets.get(at + 1));
        at += 2;
        if (question.greatest().isPresent()) {
          Metric<?> greatest = metric(analyzers.get(at), row, offsets.get(at));
          metric = isNaN(greatest) ? greatest : metric;
          at++;
        }
        ofDate.put(question, new Measured(Optional.of(metric), asked, all, Optional.empty()));
      }
      measured.put(of, ofDate);
    }
    return measured;
  }

  private static Metric<?> metric(ScanShareableAnalyzer<?, ?> analyzer, Row row, int offset) {
    return analyzer.metricFromAggregationResult(row, offset, Option.empty(), Option.empty());
  }

  private static boolean isNaN(Metric<?> metric) {
    return metric.value().isSuccess() && Double.isNaN(Judge.value(metric));
  }

  private static long count(ScanShareableAnalyzer<?, ?> size, Row row, int offset) {
    Object value = metric(size, row, offset).value().get();
    return ((Double) value).longValue();
  }

  private Dataset<Row> rows(SortedSet<LocalDate> dates) {
    if (dates == null) {
      return table.rows();
    }
    Column date = table.column(StoredTable.DATE);
    if (dates.isEmpty()) {
      return table.rows().where(lit(false));
    }
    return table
        .rows()
        .where(
            date.between(
                    lit(java.sql.Date.valueOf(dates.first())),
                    lit(java.sql.Date.valueOf(dates.last())))
                .and(dates.size() > 50 ? lit(true) : date.isin(literals(dates))));
  }

  private static Object[] literals(SortedSet<LocalDate> dates) {
    return dates.stream().map(java.sql.Date::valueOf).toArray();
  }

  private Dataset<Row> referenced(Question question) {
    String name = question.check().rule().references();
    if (name.isEmpty()) {
      return null;
    }
    if (!referenced.containsKey(name)) {
      throw new IllegalArgumentException(
          "Cannot find table %s, which the foreign key is of.".formatted(name));
    }
    return referenced.get(name);
  }

  /** The first line says it; a plan may follow. */
  static String reason(Throwable failure) {
    String said =
        FailureReason.of(failure).lines().filter(line -> !line.isBlank()).findFirst().orElse("");
    return said.length() > LONGEST ? said.substring(0, LONGEST) : said;
  }
}
