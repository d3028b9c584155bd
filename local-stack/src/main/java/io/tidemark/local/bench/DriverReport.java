package io.tidemark.local.bench;

import io.tidemark.output.Json;
import io.tidemark.output.TextTable;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What the driver's part of batches took, for people and for machines.
 *
 * @param rounds of which these are medians
 * @param rows what was done
 * @param queries parts of the batches of the stream, by Spark's names
 */
public record DriverReport(
    int partitions,
    int views,
    int tasks,
    int processors,
    int rounds,
    List<Row> rows,
    List<QueryBatches> queries) {
  public DriverReport {
    rows = List.copyOf(rows);
    queries = List.copyOf(queries);
  }

  /**
   * @param ownSeconds of the wall seconds, those in which no job ran
   * @param mostTasks how many tasks the largest stage had
   */
  public record Row(
      String work,
      double wallSeconds,
      double ownSeconds,
      double driverCpuSeconds,
      double taskCpuSeconds,
      int mostTasks) {

    static Row of(String work, List<TaskTimes.Took> rounds) {
      return new Row(
          work,
          median(rounds, TaskTimes.Took::wallSeconds),
          median(rounds, TaskTimes.Took::ownSeconds),
          median(rounds, TaskTimes.Took::driverCpuSeconds),
          median(rounds, TaskTimes.Took::taskCpuSeconds),
          rounds.stream().mapToInt(TaskTimes.Took::mostTasks).max().orElse(0));
    }

    private static double median(
        List<TaskTimes.Took> rounds, ToDoubleFunction<TaskTimes.Took> value) {
      return rounds.stream()
          .map(value::applyAsDouble)
          .sorted(Comparator.naturalOrder())
          .skip((rounds.size() - 1) / 2)
          .findFirst()
          .orElseThrow();
    }
  }

  public String text() {
    return "%,d partitions, %,d views, %,d tasks, %d processors, medians of %d rounds%n%n"
            .formatted(partitions, views, tasks, processors, rounds)
        + workTable()
        + System.lineSeparator()
        + queryTable();
  }

  private TextTable workTable() {
    TextTable table =
        new TextTable("work", "wall s", "no job s", "driver CPU s", "tasks CPU s", "tasks");
    for (Row row : rows) {
      table.row(
          row.work(),
          seconds(row.wallSeconds()),
          seconds(row.ownSeconds()),
          seconds(row.driverCpuSeconds()),
          seconds(row.taskCpuSeconds()),
          "%,d".formatted(row.mostTasks()));
    }
    return table;
  }

  private TextTable queryTable() {
    TextTable table = new TextTable("batches of", "batches", "part", "p50 s");
    for (QueryBatches query : queries) {
      query
          .partsP50Seconds()
          .forEach((part, took) -> table.row(query.query(), query.batches(), part, seconds(took)));
    }
    return table;
  }

  private static String seconds(double seconds) {
    return "%.3f".formatted(seconds);
  }

  public String json() {
    return Json.write(this);
  }
}
