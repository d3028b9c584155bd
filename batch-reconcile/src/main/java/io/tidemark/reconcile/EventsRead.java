package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.col;

import io.tidemark.schema.EventColumns;
import io.tidemark.view.DeliveryNumber;
import java.time.LocalDate;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/**
 * The deliveries that a run reads, once for all of its views: of each events table those of one
 * version and some dates, in the columns that the views name. They are read again for a version or
 * a date that is not among them.
 */
final class EventsRead implements AutoCloseable {
  private static final List<String> ALWAYS =
      List.of(
          EventColumns.EVENT_ID,
          EventColumns.EVENT_TIME,
          EventColumns.DATE,
          EventColumns.LANDED_BATCH);

  private final SparkSession spark;
  private final List<ViewTables> views;
  private final Map<String, Kept> kept = new HashMap<>();

  private record Kept(long version, Set<LocalDate> dates, Dataset<Row> deliveries) {}

  /**
   * @param views all of the run
   */
  EventsRead(SparkSession spark, List<ViewTables> views) {
    this.spark = spark;
    this.views = List.copyOf(views);
  }

  /**
   * Every delivery that counts on these dates of a view, and others, with its {@link
   * DeliveryNumber}.
   */
  Dataset<Row> of(ViewTables view, Basis basis, Collection<LocalDate> dates) {
    Kept present = kept.get(view.events().name());
    if (present == null
        || present.version() != basis.eventsVersion()
        || !present.dates().containsAll(reach(view, dates))) {
      release(present);
      present = read(view, basis, dates);
      kept.put(view.events().name(), present);
    }
    return present.deliveries();
  }

  private Kept read(ViewTables asking, Basis basis, Collection<LocalDate> asked) {
    Set<LocalDate> dates = new TreeSet<>();
    Set<String> columns = new LinkedHashSet<>(ALWAYS);
    for (ViewTables view : views) {
      if (view.events().name().equals(asking.events().name())) {
        dates.addAll(reach(view, asked));
        columns.addAll(view.view().columns(view.events().definition().columns()));
      }
    }
    Dataset<Row> deliveries =
        asking
            .events()
            .read(spark, basis.eventsVersion())
            .where(DateRun.holds(col(EventColumns.DATE), DateRun.of(dates)));
    columns.add(DeliveryNumber.COLUMN);
    return new Kept(
        basis.eventsVersion(),
        dates,
        DeliveryNumber.number(deliveries)
            .select(Contents.columns(List.copyOf(columns)))
            .persist(StorageLevel.MEMORY_AND_DISK()));
  }

  /** The dates of the events that count on some dates of a view. */
  static List<LocalDate> reach(ViewTables view, Collection<LocalDate> dates) {
    return DateRun.of(dates).stream()
        .map(run -> run.reaching(view.view().window()::lastEventDateOf))
        .flatMap(run -> run.dates().stream())
        .distinct()
        .toList();
  }

  private static void release(Kept kept) {
    if (kept != null) {
      kept.deliveries().unpersist();
    }
  }

  @Override
  public void close() {
    kept.values().forEach(EventsRead::release);
  }
}
