package io.tidemark.status;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import io.tidemark.ops.Seal;
import io.tidemark.schema.EventColumns;
import io.tidemark.view.DeliveryOrder;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Which landings brought events that a view's seals do not know. */
record LateLandings(SparkSession spark, ViewTables tables, ViewFinality finality) {
  private static final String COUNTS = "_counts";

  /**
   * A landing.
   *
   * @param by who landed it; empty for the stream
   */
  record Landing(long number, Optional<String> by) {
    private static Landing of(Row row) {
      return new Landing(row.getLong(0), Optional.ofNullable(row.getString(1)));
    }
  }

  /** Of each date the first one with an event that counts; a date without any is absent. */
  Map<LocalDate, Landing> first(SortedSet<LocalDate> dates) {
    Map<Long, SortedSet<LocalDate>> byBatch = new TreeMap<>();
    for (LocalDate date : dates) {
      Seal seal = finality.seals().get(date);
      if (seal.events() != finality.inputs().events().inReach(date, finality.window())) {
        byBatch
            .computeIfAbsent(
                seal.landedThrough().orElse(Long.MIN_VALUE), through -> new TreeSet<>())
            .add(date);
      }
    }
    Map<LocalDate, Landing> first = new HashMap<>();
    byBatch.forEach((through, since) -> first.putAll(first(since, through)));
    return first;
  }

  private Map<LocalDate, Landing> first(SortedSet<LocalDate> dates, long through) {
    Map<LocalDate, Landing> byEventDate = new HashMap<>();
    counting(dates, through)
        .groupBy(EventColumns.DATE)
        .agg(min(struct(EventColumns.LANDED_BATCH, EventColumns.LANDED_BY)))
        .collectAsList()
        .forEach(
            row -> byEventDate.put(row.getDate(0).toLocalDate(), Landing.of(row.getStruct(1))));
    Map<LocalDate, Landing> first = new HashMap<>();
    for (LocalDate date : dates) {
      new DateRun(date, finality.window().lastEventDateOf(date))
          .dates().stream()
              .filter(byEventDate::containsKey)
              .map(byEventDate::get)
              .min(Comparator.comparingLong(Landing::number))
              .ifPresent(landing -> first.put(date, landing));
    }
    return first;
  }

  /** The deliveries in the dates' reach, of later batches, that no earlier one of its id hides. */
  private Dataset<Row> counting(SortedSet<LocalDate> dates, long through) {
    Dataset<Row> events = tables.events().read(spark, finality.inputs().events().version());
    Column later =
        DateRun.holds(col(EventColumns.DATE), Recomputation.reach(tables.view(), dates))
            .and(col(EventColumns.LANDED_BATCH).gt(through));
    List<Column> telling = new ArrayList<>();
    telling.add(col(EventColumns.EVENT_ID));
    telling.add(col(EventColumns.EVENT_TIME));
    telling.add(col(EventColumns.DATE));
    telling.add(col(EventColumns.LANDED_BY));
    DeliveryOrder.COLUMNS.forEach(name -> telling.add(col(name)));
    Dataset<Row> ids = events.where(later).select(EventColumns.EVENT_ID).distinct();
    return events
        .where(DateRun.holds(col(EventColumns.DATE), Recomputation.near(tables.view(), dates)))
        .select(telling.toArray(Column[]::new))
        .join(broadcast(ids), new String[] {EventColumns.EVENT_ID}, "left_semi")
        .withColumn(COUNTS, tables.view().counts(lit(true)))
        .where(col(COUNTS).and(later));
  }
}
