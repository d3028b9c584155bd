package io.tidemark.reconcile;

import static java.util.stream.Collectors.toSet;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.tidemark.ops.DriftLog;
import io.tidemark.ops.Refreshes;
import io.tidemark.ops.Seal;
import io.tidemark.reconcile.counted.SealedLandings;
import io.tidemark.reconcile.counted.StreamCount;
import io.tidemark.schema.EventColumns;
import io.tidemark.status.Comparison;
import io.tidemark.status.DateRun;
import io.tidemark.status.LandingRange;
import io.tidemark.status.Recomputation;
import io.tidemark.status.RecomputationInputs;
import io.tidemark.status.ViewFinality;
import io.tidemark.status.ViewTables;
import io.tidemark.table.TableEdits;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where a view differs from its recomputation: explained, counted and kept in ops.drift. */
record Drift(
    ReconcileRun run,
    ViewTables tables,
    Recomputation recomputation,
    ViewFinality finality,
    LandingRange landed,
    StreamCount count) {

  /** What was delivered for some dates, and what of it conflicts. */
  record Delivered(Deliveries deliveries, Conflicts conflicts) {}

  static Drift of(
      ReconcileRun run,
      ViewTables tables,
      Recomputation recomputation,
      ViewFinality finality,
      LandingRange landed) {
    Refreshes.Reading reading =
        run.operations()
            .refreshes()
            .reading(
                run.spark(),
                run.pipeline().name(),
                tables.view().name(),
                finality.inputs().viewVersions());
    StreamCount count =
        new StreamCount(
            run.spark(),
            run.operations().refreshes(),
            run.pipeline().name(),
            tables.view(),
            finality.watermark().orElse(Instant.EPOCH),
            reading);
    return new Drift(run, tables, recomputation, finality, landed, count);
  }

  Delivered deliveries(Collection<LocalDate> dates) {
    Dataset<Row> near = count.marked(recomputation.near(dates), landed);
    Column reached = recomputation.reached(dates);
    Deliveries deliveries = Deliveries.of(near, reached, tables.eventColumns());
    if (deliveries.conflicting() == 0) {
      return new Delivered(deliveries, Conflicts.NONE);
    }
    Conflicts conflicts = Conflicts.of(near, reached, tables.eventColumns(), tables.view());
    return new Delivered(deliveries.with(conflicts), conflicts);
  }

  /**
   * Explains the divergent keys.
   *
   * @param isKept whether in {@code ops.drift}, too
   * @return keys of each date by cause
   */
  SortedMap<LocalDate, Map<Cause, Long>> log(
      Comparison compared, Dataset<Row> truth, boolean isKept) {
    List<LocalDate> dates = compared.divergentDates();
    Dataset<Row> marked = count.marked(recomputation.near(dates), landed);
    Dataset<Row> stream = Comparison.stream(run.spark(), tables, compared.tableVersion(), dates);
    Dataset<Row> divergent = truth.where(DateRun.holds(col(EventColumns.DATE), DateRun.of(dates)));
    Explained explained =
        new Explained(
            Explanation.of(
                recomputation,
                stream,
                divergent,
                marked,
                landed.hasReplayed(),
                SealedLandings.of(finality.window(), dates, finality.seals()),
                changes(compared, marked)));
    try (explained) {
      // The stream has made nothing of what a seal has counted.
      SortedSet<LocalDate> unexplained = explained.unexplained();
      unexplained.removeAll(finality.seals().keySet());
      if (!unexplained.isEmpty()) {
        DimensionDrift dimensions =
            new DimensionDrift(this, marked, stream, divergent, unexplained);
        dimensions.explain(explained);
        unexplained.retainAll(explained.unexplained());
        if (!unexplained.isEmpty()) {
          new DuplicateDrift(this, marked, stream, divergent, unexplained).explain(explained);
          dimensions.explainMixtures(explained);
        }
      }
      if (isKept) {
        keep(explained, dates);
      }
      return explained.keys();
    }
  }

  /**
   * Events may be erased after they were read here. Whoever erases them redacts the drift that is
   * there then; what comes later is looked after here.
   */
  private void keep(Explained explained, List<LocalDate> dates) {
    String pipeline = run.pipeline().name();
    String view = tables.view().name();
    DriftLog log = run.operations().drift();
    Dataset<Row> rows = rows(explained.rows());
    boolean isErased = hasReadErased(tables, finality);
    log.append(isErased ? DriftLog.redacted(rows) : rows, pipeline, view, run.id(), dates);
    if (hasReadErased(tables, finality)) {
      log.redact(
          run.spark(),
          pipeline,
          view,
          log.shown(run.spark(), pipeline, view).stream()
              .filter(found -> found.run().equals(run.id()))
              .toList());
    }
  }

  /** Whether the version that was read may have events that are erased by now. */
  static boolean hasReadErased(ViewTables tables, ViewFinality finality) {
    return tables.events().edits(finality.inputs().events().version()).found().stream()
        .anyMatch(edit -> edit.date().isEmpty() || edit.operation().equals(TableEdits.ERASED));
  }

  /** Dates whose rows were made from something else than they are recomputed from. */
  private Map<Cause, SortedSet<LocalDate>> changes(Comparison compared, Dataset<Row> marked) {
    RecomputationInputs inputs = finality.inputs();
    SortedSet<LocalDate> definition = new TreeSet<>();
    SortedSet<LocalDate> dimension = new TreeSet<>();
    SortedSet<LocalDate> edited = new TreeSet<>();
    SortedSet<LocalDate> erased = new TreeSet<>();
    for (LocalDate date : compared.divergentDates()) {
      Seal seal = finality.seals().get(date);
      if (seal != null && !inputs.hasDefinitionOf(seal)) {
        definition.add(date);
      } else if (seal != null
          && !inputs.hasDimensionsOf(seal)
          && compared.dates().get(date).shows(seal)) {
        dimension.add(date);
      }
      if (inputs.isEdited(date, finality.window(), editsThrough(seal))) {
        edited.add(date);
      }
      if (inputs.isErased(date, finality.window(), editsThrough(seal))) {
        erased.add(date);
      }
    }
    if (count.reading().byOthers()) {
      definition.addAll(readByOthers(compared.divergentDates(), marked));
    }
    Map<Cause, SortedSet<LocalDate>> changes = new EnumMap<>(Cause.class);
    changes.put(Cause.DEFINITION, definition);
    changes.put(Cause.DIMENSION, dimension);
    changes.put(Cause.EDITED, edited);
    changes.put(Cause.ERASED, erased);
    return changes;
  }

  /** A date that was never sealed was counted by the stream, which knows of no edit. */
  private static OptionalLong editsThrough(Seal seal) {
    return seal == null ? OptionalLong.empty() : seal.editsThrough();
  }

  /** Dates that were never sealed, of which another version of the view has read an event last. */
  private List<LocalDate> readByOthers(List<LocalDate> dates, Dataset<Row> marked) {
    Set<LocalDate> ofEvents =
        marked
            .where(not(col("view_version").isInCollection(finality.inputs().viewVersions())))
            .select(EventColumns.DATE)
            .distinct()
            .collectAsList()
            .stream()
            .map(row -> row.getDate(0).toLocalDate())
            .collect(toSet());
    return dates.stream()
        .filter(date -> !finality.seals().containsKey(date))
        .filter(
            date ->
                Recomputation.reach(tables.view(), List.of(date)).stream()
                    .flatMap(run -> run.dates().stream())
                    .anyMatch(ofEvents::contains))
        .toList();
  }

  private Dataset<Row> rows(Dataset<Row> explained) {
    List<String> key = tables.view().definition().key();
    List<String> values =
        Arrays.stream(tables.table().definition().columns().fieldNames())
            .filter(name -> !key.contains(name) && !name.equals(EventColumns.DATE))
            .toList();
    return ErasedDrift.unsaid(Explanation.byColumn(explained, values), finality)
        .withColumn("pipeline", lit(run.pipeline().name()))
        .withColumn("view", lit(tables.view().name()))
        .withColumn("run", lit(run.id()))
        .withColumn("found_at", lit(run.clock().instant()));
  }
}
