package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;

import io.tidemark.table.LakeTable;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** {@code ops.dates}: how each date of each view stands, for any engine to read. */
public final class DateStates {
  /** Those of drift, each with a column of its own. */
  public static final List<String> CAUSES =
      List.of(
          "late",
          "replayed",
          "duplicate",
          "definition",
          "dimension",
          "edited",
          "erased",
          "unexplained");

  private final MadeOnUse table;
  private final Map<String, Final> cache = new ConcurrentHashMap<>();

  private record Final(long version, Map<String, SortedSet<LocalDate>> dates) {}

  DateStates(MadeOnUse table) {
    this.table = table;
  }

  /**
   * Makes them what {@code judge} makes of the ones that are there, of which it may take over what
   * it cannot find out again. It is asked again if another writer was faster, so what it knows is
   * never older than what is there.
   *
   * @param judge all dates of each view, by its name
   * @return false, and nothing is committed, if all stand as they stood
   */
  public boolean rewrite(
      SparkSession spark,
      String pipeline,
      UnaryOperator<Map<String, SortedMap<LocalDate, DateState>>> judge,
      Instant now) {
    return table.rewrite(
        spark, pipeline, before -> rows(pipeline, judge.apply(states(before)), before, now));
  }

  /** Creates the table if it is not there, so that others find one. */
  public void create() {
    table.make();
  }

  /** How the dates of each view stand, by its name. */
  public Map<String, SortedMap<LocalDate, DateState>> read(SparkSession spark, String pipeline) {
    return table.find().map(present -> states(of(present.read(spark), pipeline))).orElse(Map.of());
  }

  /**
   * A date that is dirty.
   *
   * @param since when
   * @param sealedBy the run that sealed it before
   */
  public record Dirty(String view, LocalDate date, String reason, Instant since, String sealedBy) {}

  /** The dates that are dirty, in the order of views and dates. */
  public List<Dirty> dirty(SparkSession spark, String pipeline) {
    List<Row> rows =
        table
            .find()
            .map(
                present ->
                    of(
                        present
                            .read(spark)
                            .where(col("state").equalTo(DateState.State.DIRTY.text())),
                        pipeline))
            .orElse(List.of());
    return rows.stream()
        .map(
            row ->
                new Dirty(
                    row.getAs("view"),
                    row.<Date>getAs("date").toLocalDate(),
                    row.getAs("reason"),
                    row.<Timestamp>getAs("since").toInstant(),
                    row.getAs("run")))
        .sorted(Comparator.comparing(Dirty::view).thenComparing(Dirty::date))
        .toList();
  }

  /**
   * The sealed dates of a view that are final. Reads the table only when it has changed, so it may
   * be asked whenever something has landed.
   */
  public SortedSet<LocalDate> sealed(SparkSession spark, String pipeline, String view) {
    return table
        .find()
        .map(present -> sealed(spark, present, pipeline))
        .map(dates -> dates.get(view))
        .orElse(Collections.emptySortedSet());
  }

  private Map<String, SortedSet<LocalDate>> sealed(
      SparkSession spark, LakeTable present, String pipeline) {
    long version = present.version();
    return cache
        .compute(
            pipeline,
            (key, known) ->
                known != null && known.version() == version
                    ? known
                    : new Final(version, sealed(of(present.read(spark, version), pipeline))))
        .dates();
  }

  private static Map<String, SortedSet<LocalDate>> sealed(List<Row> rows) {
    Map<String, SortedSet<LocalDate>> sealed = new HashMap<>();
    states(rows)
        .forEach(
            (view, dates) -> {
              SortedSet<LocalDate> ofView = new TreeSet<>(dates.keySet());
              ofView.removeIf(date -> dates.get(date).state() != DateState.State.SEALED);
              sealed.put(view, ofView);
            });
    return sealed;
  }

  private static List<Row> of(Dataset<Row> rows, String pipeline) {
    return rows.where(col("pipeline").equalTo(pipeline)).collectAsList();
  }

  private static Map<String, SortedMap<LocalDate, DateState>> states(List<Row> rows) {
    Map<String, SortedMap<LocalDate, DateState>> states = new HashMap<>();
    for (Row row : rows) {
      DateState state = state(row);
      states.computeIfAbsent(row.getAs("view"), view -> new TreeMap<>()).put(state.date(), state);
    }
    return states;
  }

  /** A state keeps its {@code since} while it lasts. */
  private static List<Row> rows(
      String pipeline,
      Map<String, SortedMap<LocalDate, DateState>> states,
      List<Row> before,
      Instant now) {
    Map<List<Object>, Row> known = new HashMap<>();
    before.forEach(row -> known.put(List.of(row.getAs("view"), row.getAs("date")), row));
    List<Row> rows = new ArrayList<>();
    states.forEach(
        (view, dates) ->
            dates
                .values()
                .forEach(
                    state -> {
                      Row present = known.get(List.of(view, Date.valueOf(state.date())));
                      boolean lasts =
                          present != null && present.getAs("state").equals(state.state().text());
                      Timestamp since = lasts ? present.getAs("since") : Timestamp.from(now);
                      rows.add(row(pipeline, view, state, since));
                    }));
    return rows;
  }

  private static Row row(String pipeline, String view, DateState state, Timestamp since) {
    Optional<DateState.Sealed> sealed = state.sealed();
    Optional<Seal.Found> found = sealed.flatMap(DateState.Sealed::found);
    Optional<DateState.Change> change = state.change();
    List<Object> cells = new ArrayList<>();
    cells.add(pipeline);
    cells.add(view);
    cells.add(Date.valueOf(state.date()));
    cells.add(state.state().text());
    cells.add(since);
    cells.add(sealed.map(DateState.Sealed::rows).orElse(null));
    cells.add(found.map(Seal.Found::agreement).orElse(null));
    CAUSES.forEach(
        cause -> cells.add(found.map(of -> of.drift().getOrDefault(cause, 0L)).orElse(null)));
    cells.add(sealed.map(seal -> Timestamp.from(seal.at())).orElse(null));
    cells.add(sealed.map(DateState.Sealed::run).orElse(null));
    cells.add(change.map(DateState.Change::reason).orElse(null));
    cells.add(change.flatMap(DateState.Change::landing).orElse(null));
    cells.add(change.map(of -> Cells.ofNumber(of.landedBatch())).orElse(null));
    return RowFactory.create(cells.toArray());
  }

  private static DateState state(Row row) {
    return new DateState(
        row.<Date>getAs("date").toLocalDate(),
        DateState.State.of(row.getAs("state")),
        Optional.ofNullable(row.<Timestamp>getAs("sealed_at")).map(at -> sealed(row, at)),
        Optional.ofNullable(row.<String>getAs("reason")).map(reason -> change(row, reason)));
  }

  private static DateState.Sealed sealed(Row row, Timestamp at) {
    return new DateState.Sealed(
        row.<Long>getAs("rows"),
        Optional.ofNullable(row.<Double>getAs("agreement"))
            .map(agreement -> new Seal.Found(agreement, drift(row))),
        at.toInstant(),
        row.getAs("run"));
  }

  private static Map<String, Long> drift(Row row) {
    Map<String, Long> drift = new HashMap<>();
    for (String cause : CAUSES) {
      // Rows of earlier versions say nothing of causes that there were not.
      Long keys = row.getAs("drift_" + cause);
      if (keys != null && keys != 0) {
        drift.put(cause, keys);
      }
    }
    return drift;
  }

  private static DateState.Change change(Row row, String reason) {
    return new DateState.Change(
        reason, Optional.ofNullable(row.getAs("landing")), Cells.number(row.getAs("landed_batch")));
  }
}
