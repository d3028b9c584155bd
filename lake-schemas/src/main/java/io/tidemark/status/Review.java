package io.tidemark.status;

import static java.util.stream.Collectors.toSet;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.Edits;
import io.tidemark.table.LakeTable;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;

/**
 * Finds the sealed dates that are final still, though what they were proven from has moved on: more
 * deliveries that change nothing, another version of a dimension or of the SQL. They are recomputed
 * slice by slice, and compared with the view and the seal. Nothing is read where nothing has moved
 * on.
 */
public final class Review {
  private Review() {}

  /**
   * How every view of a pipeline stands, by name: what {@code status} says, and the tables that
   * others read.
   */
  public static Map<String, ViewFinality> now(
      SparkSession spark,
      PipelineTables tables,
      Instant now,
      Function<LakeTable, Edits.Look> look) {
    List<ViewTables> views = ViewTables.of(tables);
    return of(
        spark,
        views,
        ViewFinality.now(spark, tables.pipeline(), tables.operations(), views, now, look),
        Map.of());
  }

  /**
   * How views stand, by name, of which every dirty date is one whose recomputation differs.
   *
   * @param finalityOf each view before, by name
   * @param besides dates of a view that need no look, since they are proven again in any case
   */
  public static Map<String, ViewFinality> of(
      SparkSession spark,
      List<ViewTables> views,
      Map<String, ViewFinality> finalityOf,
      Map<String, SortedSet<LocalDate>> besides) {
    return of(spark, views, finalityOf, besides, DateSlices.USUAL);
  }

  /**
   * The same.
   *
   * @param slices how many dates are read together
   */
  public static Map<String, ViewFinality> of(
      SparkSession spark,
      List<ViewTables> views,
      Map<String, ViewFinality> finalityOf,
      Map<String, SortedSet<LocalDate>> besides,
      DateSlices slices) {
    List<ViewDates> candidates =
        views.stream()
            .map(
                view -> {
                  ViewFinality finality = finalityOf.get(view.view().name());
                  SortedSet<LocalDate> dates = new TreeSet<>(finality.dirty());
                  dates.removeAll(
                      besides.getOrDefault(view.view().name(), Collections.emptySortedSet()));
                  return new ViewDates(view, finality, dates);
                })
            .filter(view -> !view.dates().isEmpty())
            .toList();
    SortedMap<String, ViewFinality> reviewed = new TreeMap<>(finalityOf);
    for (SortedSet<LocalDate> slice : slices.of(candidates)) {
      List<ViewDates> going =
          candidates.stream()
              .map(view -> view.on(slice))
              .filter(view -> !view.dates().isEmpty())
              .toList();
      try (PinnedEvents events = PinnedEvents.of(spark, going)) {
        List<Set<LocalDate>> unchanged =
            SideBySide.of(going, view -> unchanged(spark, view, events));
        for (int view = 0; view < going.size(); view++) {
          Set<LocalDate> found = unchanged.get(view);
          reviewed.computeIfPresent(
              going.get(view).finality().view(), (name, finality) -> finality.withUnchanged(found));
        }
      }
    }
    return reviewed;
  }

  private static Set<LocalDate> unchanged(SparkSession spark, ViewDates view, PinnedEvents events) {
    ViewFinality finality = view.finality();
    Recomputation recomputation =
        Recomputation.of(spark, view.tables(), finality.inputs(), events.of(view));
    Comparison compared =
        Comparison.of(spark, view.tables(), recomputation.rows(view.dates()), view.dates());
    return view.dates().stream()
        .filter(compared::isInSync)
        .filter(date -> compared.dates().get(date).isThatOf(finality.seals().get(date)))
        .collect(toSet());
  }
}
