package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.col;

import io.tidemark.schema.EventColumns;
import io.tidemark.view.DeliveryNumber;
import io.tidemark.view.View;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Some dates of a view, computed anew from pinned tables. */
record Recomputation(
    ViewTables tables, Basis basis, EventsRead events, Map<String, Dataset<Row>> dimensions) {

  /** All that a view reads, as of a basis. */
  static Recomputation of(SparkSession spark, EventsRead events, ViewTables tables, Basis basis) {
    Map<String, Dataset<Row>> dimensions = new HashMap<>();
    tables
        .dimensions()
        .forEach(
            (name, table) ->
                dimensions.put(name, table.read(spark, basis.dimensionVersions().get(name))));
    return new Recomputation(tables, basis, events, dimensions);
  }

  View view() {
    return tables.view();
  }

  /** The events that count on these dates, as delivered, each with its {@link DeliveryNumber}. */
  Dataset<Row> events(Collection<LocalDate> dates) {
    return events
        .of(tables, basis, dates)
        .where(DateRun.holds(col(EventColumns.DATE), DateRun.of(EventsRead.reach(tables, dates))));
  }

  /**
   * The view's rows of these dates.
   *
   * @param once events of which each id is there once, which may be fewer than there are
   */
  Dataset<Row> rows(Dataset<Row> once, Collection<LocalDate> dates) {
    return view()
        .batch(once, dimensions)
        .where(DateRun.holds(col(EventColumns.DATE), DateRun.of(dates)));
  }

  /** The truth: the view's rows of these dates from the first delivery of every event. */
  Dataset<Row> rows(Collection<LocalDate> dates) {
    return rows(DeliveryNumber.first(events(dates)), dates);
  }
}
