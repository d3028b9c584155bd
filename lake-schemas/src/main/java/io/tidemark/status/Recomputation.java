package io.tidemark.status;

import static org.apache.spark.sql.functions.col;

import io.tidemark.schema.EventColumns;
import io.tidemark.view.View;
import io.tidemark.view.Window;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Some dates of a view, computed again from pinned tables. */
public record Recomputation(View view, Dataset<Row> events, Map<String, Dataset<Row>> dimensions) {

  /**
   * @param events deliveries at the version of the inputs
   */
  public static Recomputation of(
      SparkSession spark, ViewTables tables, RecomputationInputs inputs, Dataset<Row> events) {
    Map<String, Dataset<Row>> dimensions = new HashMap<>();
    tables
        .dimensions()
        .forEach(
            (name, table) ->
                dimensions.put(name, table.read(spark, inputs.dimensionVersions().get(name))));
    return new Recomputation(tables.view(), events, dimensions);
  }

  /** The dates of the events that count on these dates of a view. */
  public static List<DateRun> reach(View view, Collection<LocalDate> dates) {
    return DateRun.of(dates).stream()
        .map(run -> run.reaching(view.window()::lastEventDateOf))
        .toList();
  }

  /** The same, and the dates of deliveries that tell which of those events count. */
  public static List<DateRun> near(View view, Collection<LocalDate> dates) {
    long days = days(view.definition().deduplicationWindow());
    return reach(view, dates).stream()
        .map(run -> new DateRun(run.from().minusDays(days), run.to().plusDays(days)))
        .toList();
  }

  /** The same of one date of a view with these windows. */
  public static DateRun near(Window window, Duration deduplicationWindow, LocalDate date) {
    long days = days(deduplicationWindow);
    return new DateRun(date.minusDays(days), window.lastEventDateOf(date).plusDays(days));
  }

  private static long days(Duration window) {
    return window.plusDays(1).minusNanos(1).toDays();
  }

  /** The deliveries on these dates' {@link #near}; only those in their reach have all columns. */
  public Dataset<Row> near(Collection<LocalDate> dates) {
    return events.where(DateRun.holds(col(EventColumns.DATE), near(view, dates)));
  }

  /** Whether an event counts on these dates, if it counts at all. */
  public Column reached(Collection<LocalDate> dates) {
    return DateRun.holds(col(EventColumns.DATE), reach(view, dates));
  }

  /** The view's rows of these dates, from events in their reach all of which count. */
  public Dataset<Row> rows(Dataset<Row> counted, Collection<LocalDate> dates) {
    return on(dates, view.select(counted, dimensions));
  }

  /** The truth: the view's rows of these dates from every event delivered. */
  public Dataset<Row> rows(Collection<LocalDate> dates) {
    return on(dates, view.batch(near(dates), reached(dates), dimensions));
  }

  private static Dataset<Row> on(Collection<LocalDate> dates, Dataset<Row> rows) {
    return rows.where(DateRun.holds(col(EventColumns.DATE), DateRun.of(dates)));
  }
}
