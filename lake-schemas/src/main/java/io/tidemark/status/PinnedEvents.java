package io.tidemark.status;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.schema.EventColumns;
import io.tidemark.view.DeliveryOrder;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * The deliveries that views are reconciled with, as of one version. Views of one events table share
 * them: they are read from the lake, and those of an event brought together, only once. They are
 * kept in memory, or on disk where there is too little of it, until this is closed.
 */
public final class PinnedEvents implements AutoCloseable {
  private final Map<Pin, Dataset<Row>> deliveries = new HashMap<>();
  private final Map<Pin, LandingRange> landed = new ConcurrentHashMap<>();

  private record Pin(String events, long version) {
    static Pin of(ViewDates view) {
      return new Pin(view.tables().events().name(), view.finality().inputs().events().version());
    }
  }

  private PinnedEvents() {}

  /** Reads nothing yet. */
  public static PinnedEvents of(SparkSession spark, List<ViewDates> views) {
    PinnedEvents pinned = new PinnedEvents();
    try {
      views.stream()
          .filter(view -> !view.dates().isEmpty())
          .collect(groupingBy(Pin::of))
          .forEach((pin, sharing) -> pinned.deliveries.put(pin, kept(spark, pin, sharing)));
      return pinned;
    } catch (Exception failure) { // Scala throws checked ones too.
      pinned.close();
      throw failure;
    }
  }

  /** The same deliveries of one view, read whenever they are asked for. */
  public static Dataset<Row> read(SparkSession spark, ViewDates view) {
    return read(spark, Pin.of(view), List.of(view));
  }

  private static Dataset<Row> kept(SparkSession spark, Pin pin, List<ViewDates> sharing) {
    // Not sorted as well: Spark fails on a query that has such a cache twice (SPARK-59009).
    return read(spark, pin, sharing)
        .repartition(col(EventColumns.EVENT_ID))
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  /**
   * The columns that the views read, and those that tell the order of deliveries; of dates that
   * only tell which deliveries count, the latter alone.
   */
  private static Dataset<Row> read(SparkSession spark, Pin pin, List<ViewDates> sharing) {
    Dataset<Row> table = sharing.get(0).tables().events().read(spark, pin.version());
    Set<String> telling =
        new HashSet<>(
            List.of(
                EventColumns.EVENT_ID,
                EventColumns.EVENT_TIME,
                EventColumns.DATE,
                EventColumns.LANDED_BY));
    telling.addAll(DeliveryOrder.COLUMNS);
    Set<String> needed =
        sharing.stream().flatMap(view -> view.tables().eventColumns().stream()).collect(toSet());
    needed.addAll(telling);
    SortedSet<LocalDate> reached = dates(sharing, ViewDates::reach);
    SortedSet<LocalDate> beside = dates(sharing, ViewDates::near);
    beside.removeAll(reached);
    return columns(table, reached, needed, needed).union(columns(table, beside, needed, telling));
  }

  private static SortedSet<LocalDate> dates(
      List<ViewDates> views, Function<ViewDates, List<DateRun>> runs) {
    SortedSet<LocalDate> dates = new TreeSet<>();
    views.forEach(view -> runs.apply(view).forEach(run -> dates.addAll(run.dates())));
    return dates;
  }

  /** The deliveries of some dates; columns that are not read are null. */
  private static Dataset<Row> columns(
      Dataset<Row> table, SortedSet<LocalDate> dates, Set<String> columns, Set<String> read) {
    Column[] selected =
        Arrays.stream(table.schema().fields())
            .filter(field -> columns.contains(field.name()))
            .map(
                field ->
                    read.contains(field.name())
                        ? RowContent.column(field.name())
                        : lit(null).cast(field.dataType()).as(field.name()))
            .toArray(Column[]::new);
    return table.where(DateRun.holds(col(EventColumns.DATE), DateRun.of(dates))).select(selected);
  }

  /** At least those {@link Recomputation#near} the dates of a view that has any. */
  public Dataset<Row> of(ViewDates view) {
    return deliveries.get(Pin.of(view));
  }

  /** The landing batches that they came in. */
  public LandingRange landed(ViewDates view) {
    return landed.computeIfAbsent(Pin.of(view), pin -> LandingRange.of(deliveries.get(pin)));
  }

  /** Whether the events have not moved since, so that a view of this run needs no others. */
  public boolean has(ViewDates view) {
    return deliveries.containsKey(Pin.of(view));
  }

  @Override
  public void close() {
    deliveries.values().forEach(Dataset::unpersist);
  }
}
