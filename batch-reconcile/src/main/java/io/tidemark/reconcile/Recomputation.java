package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.col;

import io.tidemark.schema.EventColumns;
import io.tidemark.view.View;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Some dates of a view, computed anew from pinned tables. */
record Recomputation(View view, Dataset<Row> events, Map<String, Dataset<Row>> dimensions) {

  /**
   * @param events deliveries as of the basis
   */
  static Recomputation of(SparkSession spark, ViewTables tables, Basis basis, Dataset<Row> events) {
    Map<String, Dataset<Row>> dimensions = new HashMap<>();
    tables
        .dimensions()
        .forEach(
            (name, table) ->
                dimensions.put(name, table.read(spark, basis.dimensionVersions().get(name))));
    return new Recomputation(tables.view(), events, dimensions);
  }

  /** The dates of the events that count on these dates of a view. */
  static List<DateRun> reach(View view, Collection<LocalDate> dates) {
    return DateRun.of(dates).stream()
        .map(run -> run.reaching(view.window()::lastEventDateOf))
        .toList();
  }

  /** The events that count on these dates, as delivered. */
  Dataset<Row> events(Collection<LocalDate> dates) {
    return events.where(DateRun.holds(col(EventColumns.DATE), reach(view, dates)));
  }

  /** The view's rows of these dates, from the events given, which may be fewer than there are. */
  Dataset<Row> rows(Dataset<Row> counted, Collection<LocalDate> dates) {
    return view.batch(counted, dimensions)
        .where(DateRun.holds(col(EventColumns.DATE), DateRun.of(dates)));
  }

  /** The truth: the view's rows of these dates from every event delivered. */
  Dataset<Row> rows(Collection<LocalDate> dates) {
    return rows(events(dates), dates);
  }
}
