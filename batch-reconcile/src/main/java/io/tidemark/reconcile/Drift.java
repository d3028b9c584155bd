package io.tidemark.reconcile;

import static java.util.stream.Collectors.toSet;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.tidemark.ops.DriftLog;
import io.tidemark.ops.Refreshes;
import io.tidemark.ops.Seal;
import io.tidemark.schema.EventColumns;
import io.tidemark.status.Basis;
import io.tidemark.status.Comparison;
import io.tidemark.status.DateRun;
import io.tidemark.status.Landed;
import io.tidemark.status.Recomputation;
import io.tidemark.status.Standing;
import io.tidemark.status.ViewTables;
import io.tidemark.table.TableEdits;
import io.tidemark.view.DeliveryOrder;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
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
import org.apache.spark.storage.StorageLevel;

/** Where a view differs from its recomputation: explained, counted and kept in ops.drift. */
record Drift(
    Run run,
    ViewTables tables,
    Recomputation recomputation,
    Standing standing,
    Landed landed,
    Refreshes.Reading reading) {
  /** Up to how many landing batches are sent to every task, rather than the events to them. */
  private static final int BATCHES_TO_SEND = 250_000;

  private static final String[] ID = {EventColumns.EVENT_ID};

  /** What was delivered for some dates, and what of it conflicts. */
  record Delivered(Deliveries deliveries, Conflicts conflicts) {}

  static Drift of(
      Run run, ViewTables tables, Recomputation recomputation, Standing standing, Landed landed) {
    Refreshes.Reading reading =
        run.operations()
            .refreshes()
            .reading(
                run.spark(),
                run.pipeline().name(),
                tables.view().name(),
                standing.basis().viewVersions());
    return new Drift(run, tables, recomputation, standing, landed, reading);
  }

  Delivered deliveries(Collection<LocalDate> dates) {
    Dataset<Row> near = marked(recomputation.near(dates), landed);
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
    Dataset<Row> marked = marked(recomputation.near(dates), landed);
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
                Proven.of(standing.window(), dates, standing.seals()),
                changes(compared, marked)));
    try (explained) {
      // The stream has made nothing of what a seal has counted.
      SortedSet<LocalDate> unexplained = explained.unexplained();
      unexplained.removeAll(standing.seals().keySet());
      if (!unexplained.isEmpty()) {
        DimensionDrift dimensions =
            new DimensionDrift(this, marked, stream, divergent, unexplained);
        dimensions.explain(explained);
        unexplained.retainAll(explained.unexplained());
        if (!unexplained.isEmpty()) {
          explainByDuplicates(explained, stream, divergent, marked, unexplained);
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
    boolean isErased = hasReadErased(tables, standing);
    log.append(isErased ? DriftLog.redacted(rows) : rows, pipeline, view, run.id(), dates);
    if (hasReadErased(tables, standing)) {
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
  static boolean hasReadErased(ViewTables tables, Standing standing) {
    return tables.events().edits(standing.basis().events().version()).found().stream()
        .anyMatch(edit -> edit.date().isEmpty() || edit.operation().equals(TableEdits.ERASED));
  }

  private void explainByDuplicates(
      Explained explained,
      Dataset<Row> stream,
      Dataset<Row> truth,
      Dataset<Row> marked,
      SortedSet<LocalDate> dates) {
    Column reached = recomputation.reached(dates);
    List<Delivery> suspects = suspects(marked, reached, dates);
    if (suspects.isEmpty()) {
      return;
    }
    Choices choices = Choices.of(suspects, tables.view().definition().lateness());
    Dataset<Row> counting = Deliveries.counting(marked, tables.view()).where(reached);
    Dataset<Row> chosen =
        ChosenDuplicates.chosen(counting, choices).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      for (List<Integer> ways : choices.rounds()) {
        explained.explain(
            ChosenDuplicates.proven(recomputation, chosen, dates, stream, truth, ways),
            Cause.DUPLICATE);
        if (explained.unexplained().stream().noneMatch(dates::contains)) {
          return;
        }
      }
    } finally {
      chosen.unpersist();
    }
  }

  /**
   * Ids of these dates, wherever else they were delivered: the stream may have met them together.
   */
  private List<Delivery> suspects(Dataset<Row> marked, Column reached, Set<LocalDate> dates) {
    Dataset<Row> ids = marked.where(reached).select(EventColumns.EVENT_ID).distinct();
    Column isNear = DateRun.holds(col(EventColumns.DATE), Recomputation.near(tables.view(), dates));
    List<Column> narrow = new ArrayList<>();
    narrow.add(col(EventColumns.EVENT_ID));
    narrow.add(col(EventColumns.EVENT_TIME));
    DeliveryOrder.COLUMNS.forEach(name -> narrow.add(col(name)));
    Dataset<Row> elsewhere =
        tables
            .events()
            .read(run.spark(), standing.basis().events().version())
            .where(not(isNear))
            .select(narrow.toArray(Column[]::new))
            .join(ids, ID, "left_semi");
    return Suspects.of(
        marked.where(isNear).join(ids, ID, "left_semi"),
        marked(elsewhere, new Landed(0, Long.MAX_VALUE - 1, false)),
        tables.eventColumns(),
        run.operations()
            .refreshes()
            .lateBefore(run.spark(), run.pipeline().name(), tables.view().name()));
  }

  /** Dates whose rows were made from something else than they are recomputed from. */
  private Map<Cause, SortedSet<LocalDate>> changes(Comparison compared, Dataset<Row> marked) {
    Basis basis = standing.basis();
    SortedSet<LocalDate> definition = new TreeSet<>();
    SortedSet<LocalDate> dimension = new TreeSet<>();
    SortedSet<LocalDate> edited = new TreeSet<>();
    SortedSet<LocalDate> erased = new TreeSet<>();
    for (LocalDate date : compared.divergentDates()) {
      Seal seal = standing.seals().get(date);
      if (seal != null && !basis.hasDefinitionOf(seal)) {
        definition.add(date);
      } else if (seal != null
          && !basis.hasDimensionsOf(seal)
          && compared.dates().get(date).shows(seal)) {
        dimension.add(date);
      }
      if (basis.isEdited(date, standing.window(), editsThrough(seal))) {
        edited.add(date);
      }
      if (basis.isErased(date, standing.window(), editsThrough(seal))) {
        erased.add(date);
      }
    }
    if (reading.byOthers()) {
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
            .where(not(col("view_version").isInCollection(standing.basis().viewVersions())))
            .select(EventColumns.DATE)
            .distinct()
            .collectAsList()
            .stream()
            .map(row -> row.getDate(0).toLocalDate())
            .collect(toSet());
    return dates.stream()
        .filter(date -> !standing.seals().containsKey(date))
        .filter(
            date ->
                Recomputation.reach(tables.view(), List.of(date)).stream()
                    .flatMap(run -> run.dates().stream())
                    .anyMatch(ofEvents::contains))
        .toList();
  }

  private Dataset<Row> marked(Dataset<Row> events, Landed among) {
    Dataset<Row> lateAt =
        run.operations()
            .refreshes()
            .lateAt(
                run.spark(),
                run.pipeline().name(),
                tables.view().name(),
                among.from(),
                among.through());
    return Deliveries.marked(
        events,
        among.count() > BATCHES_TO_SEND ? lateAt : broadcast(lateAt),
        standing.watermark().orElse(Instant.EPOCH),
        reading.through());
  }

  private Dataset<Row> rows(Dataset<Row> explained) {
    List<String> key = tables.view().definition().key();
    List<String> values =
        Arrays.stream(tables.table().definition().columns().fieldNames())
            .filter(name -> !key.contains(name) && !name.equals(EventColumns.DATE))
            .toList();
    return ErasedDrift.unsaid(Explanation.byColumn(explained, values), standing)
        .withColumn("pipeline", lit(run.pipeline().name()))
        .withColumn("view", lit(tables.view().name()))
        .withColumn("run", lit(run.id()))
        .withColumn("found_at", lit(run.clock().instant()));
  }
}
