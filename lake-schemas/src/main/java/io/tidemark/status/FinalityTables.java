package io.tidemark.status;

import io.tidemark.lake.EditWatch;
import io.tidemark.lake.PipelineTables;
import io.tidemark.landing.LandingQuery;
import io.tidemark.ops.DateState;
import io.tidemark.ops.DateState.State;
import io.tidemark.ops.Seal;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;

/** Says in {@code ops.dates} and {@code ops.tidemarks} what {@code status} says. */
public record FinalityTables(SparkSession spark, PipelineTables tables, Clock clock) {
  /** The reason of a date from which events were erased. */
  public static final String ERASED = "erased";

  private static final String LATE = "late";
  private static final String REPLAYED = "replayed";

  /**
   * Brings both tables up to date, each with a commit at most, and with none if nothing has
   * changed. Tidemarks are read off the dates, so that a crash in between is mended by the next.
   *
   * @return whether anything has changed
   */
  public boolean publish() {
    String pipeline = tables.pipeline().name();
    Instant now = clock.instant();
    boolean dates = tables.operations().dates().rewrite(spark, pipeline, this::judge, now);
    boolean tidemarks =
        tables.operations().tidemarks().rewrite(spark, pipeline, this::tidemarks, now);
    return dates || tidemarks;
  }

  /**
   * @param known what was said before
   */
  private Map<String, SortedMap<LocalDate, DateState>> judge(
      Map<String, SortedMap<LocalDate, DateState>> known) {
    List<ViewTables> views = ViewTables.of(tables);
    EditWatch edits = new EditWatch(spark, tables.pipeline(), tables.operations(), clock);
    Map<String, ViewFinality> finalityOf = Review.now(spark, tables, clock.instant(), edits::look);
    Gates gates = Gates.of(spark, tables);
    Map<String, SortedMap<LocalDate, DateState>> states = new HashMap<>();
    for (ViewTables view : views) {
      String name = view.view().name();
      ViewFinality finality = finalityOf.get(name);
      SortedMap<LocalDate, DateState> ofView =
          states(view, finality, known.getOrDefault(name, Collections.emptySortedMap()));
      gates
          .failures(view, finality, finality.unproven())
          .forEach(
              (date, reason) ->
                  ofView.computeIfPresent(date, (of, state) -> refused(state, reason)));
      states.put(name, ofView);
    }
    return states;
  }

  private SortedMap<LocalDate, DateState> states(
      ViewTables view, ViewFinality finality, SortedMap<LocalDate, DateState> known) {
    SortedMap<LocalDate, DateState> states = new TreeMap<>();
    finality.open().forEach(date -> states.put(date, unsealed(date, State.OPEN)));
    finality.closed().forEach(date -> states.put(date, unsealed(date, State.CLOSED)));
    SortedSet<LocalDate> unknown = new TreeSet<>();
    finality
        .seals()
        .forEach(
            (date, seal) -> {
              DateState.Sealed sealed = DateState.Sealed.of(seal);
              Optional<DateState.Change> change =
                  Optional.ofNullable(known.get(date)).flatMap(before -> before.since(sealed));
              boolean isFinal = finality.isFinal(date);
              if (!isFinal && change.isEmpty()) {
                unknown.add(date);
              }
              states.put(
                  date,
                  new DateState(
                      date,
                      isFinal ? State.SEALED : State.DIRTY,
                      Optional.of(sealed),
                      isFinal ? Optional.empty() : change));
            });
    if (!unknown.isEmpty()) {
      changes(view, finality, unknown)
          .forEach(
              (date, change) ->
                  states.compute(
                      date,
                      (of, state) ->
                          new DateState(of, State.DIRTY, state.sealed(), Optional.of(change))));
    }
    return states;
  }

  private static DateState refused(DateState state, String reason) {
    return new DateState(
        state.date(),
        State.REFUSED,
        state.sealed(),
        Optional.of(
            new DateState.Change(
                reason,
                state.change().flatMap(DateState.Change::landing),
                state.change().map(DateState.Change::landedBatch).orElse(OptionalLong.empty()))));
  }

  private static DateState unsealed(LocalDate date, State state) {
    return new DateState(date, state, Optional.empty(), Optional.empty());
  }

  private SortedMap<LocalDate, DateState.Change> changes(
      ViewTables view, ViewFinality finality, SortedSet<LocalDate> dirty) {
    Map<LocalDate, LateLandings.Landing> landed =
        new LateLandings(spark, view, finality).first(dirty);
    SortedMap<LocalDate, DateState.Change> changes = new TreeMap<>();
    for (LocalDate date : dirty) {
      LateLandings.Landing landing = landed.get(date);
      changes.put(
          date,
          landing == null
              ? new DateState.Change(reason(finality, date), Optional.empty(), OptionalLong.empty())
              : change(view, landing));
    }
    return changes;
  }

  /** With the query that landed it, as the ledger has it. */
  private DateState.Change change(ViewTables view, LateLandings.Landing landing) {
    LandingQuery query = new LandingQuery(tables.pipeline().name(), view.view().events());
    return new DateState.Change(
        landing.by().isPresent() ? REPLAYED : LATE,
        Optional.of(landing.by().map(LandingQuery::queryOf).orElse(query.stream())),
        OptionalLong.of(landing.number()));
  }

  private static String reason(ViewFinality finality, LocalDate date) {
    Seal seal = finality.seals().get(date);
    RecomputationInputs inputs = finality.inputs();
    if (!inputs.hasDefinitionOf(seal)) {
      return "definition";
    }
    if (!inputs.hasDimensionsOf(seal)) {
      return "dimension";
    }
    if (inputs.isEdited(date, finality.window(), seal.editsThrough())) {
      return "edited";
    }
    return inputs.isErased(date, finality.window(), seal.editsThrough()) ? ERASED : LATE;
  }

  /** By the dates as they are said to stand now, by whoever said it last. */
  private Map<String, Optional<LocalDate>> tidemarks() {
    Map<String, SortedMap<LocalDate, DateState>> dates =
        tables.operations().dates().read(spark, tables.pipeline().name());
    Map<String, Optional<LocalDate>> tidemarks = new HashMap<>();
    for (String view : tables.views().keySet()) {
      SortedMap<LocalDate, DateState> states =
          dates.getOrDefault(view, Collections.emptySortedMap());
      LocalDate first =
          tables.views().get(view).view().window().firstDateOf(tables.pipeline().historyFrom());
      LocalDate next = first;
      while (states.containsKey(next) && states.get(next).state() == State.SEALED) {
        next = next.plusDays(1);
      }
      tidemarks.put(
          view, Optional.of(next).filter(first::isBefore).map(after -> after.minusDays(1)));
    }
    return tidemarks;
  }
}
