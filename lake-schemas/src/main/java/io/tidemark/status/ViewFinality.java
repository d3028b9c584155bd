package io.tidemark.status;

import static java.util.stream.Collectors.toCollection;

import io.tidemark.ops.Edits;
import io.tidemark.ops.OperationTables;
import io.tidemark.ops.RefreshedBatch;
import io.tidemark.ops.Seal;
import io.tidemark.ops.SealValidity;
import io.tidemark.output.NamedCommand;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.table.LakeTable;
import io.tidemark.view.Window;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;

/**
 * How far a view is closed, sealed and final.
 *
 * @param historyFrom the first date of events
 * @param refreshed the view's last refresh, empty if it was never refreshed
 * @param seals the last seal of each date, if it counts
 * @param inputs what a recomputation would read now
 * @param clock beyond which nothing is closed
 * @param unchanged sealed dates whose recomputation is what was sealed, though what it reads has
 *     moved on; see {@link Review}
 */
public record ViewFinality(
    String view,
    Window window,
    LocalDate historyFrom,
    Optional<RefreshedBatch> refreshed,
    SortedMap<LocalDate, Seal> seals,
    RecomputationInputs inputs,
    ClosingClock clock,
    Set<LocalDate> unchanged) {
  public ViewFinality {
    seals = new TreeMap<>(seals);
    unchanged = Set.copyOf(unchanged);
  }

  /**
   * How views stand, by name, those of one events table by the same version of it. Refreshes are
   * read first: what they have read is in every later version of the events.
   *
   * @param look for edits of an events table
   */
  public static Map<String, ViewFinality> now(
      SparkSession spark,
      Pipeline pipeline,
      OperationTables operations,
      List<ViewTables> views,
      Instant now,
      Function<LakeTable, Edits.Look> look) {
    ClosingClock clock = new ClosingClock(now, pipeline.maxFuture());
    Map<String, RefreshedBatch> refreshed = operations.refreshes().last(spark, pipeline.name());
    Map<String, SortedMap<LocalDate, Seal>> seals = operations.seals().last(spark, pipeline.name());
    Map<String, List<SealValidity.Period>> ahead =
        operations.refreshes().ahead(spark, pipeline.name(), pipeline.maxFuture());
    Map<String, EventsSnapshot> events = new HashMap<>();
    Map<String, ViewFinality> finalityOf = new HashMap<>();
    for (ViewTables tables : views) {
      String view = tables.view().name();
      EventsSnapshot ofEvents =
          events.computeIfAbsent(
              tables.events().name(), table -> EventsSnapshot.of(tables.events(), look));
      SortedMap<LocalDate, Seal> ofView =
          counting(
              seals.getOrDefault(view, Collections.emptySortedMap()),
              new SealValidity(
                  tables.view().window()::lastEndOf, ahead.getOrDefault(view, List.of())));
      finalityOf.put(
          view,
          new ViewFinality(
              view,
              tables.view().window(),
              pipeline.historyFrom(),
              Optional.ofNullable(refreshed.get(view)),
              ofView,
              tables.inputs(spark, ofEvents, ofView.values()),
              clock,
              Set.of()));
    }
    return finalityOf;
  }

  private static SortedMap<LocalDate, Seal> counting(
      SortedMap<LocalDate, Seal> seals, SealValidity validity) {
    SortedMap<LocalDate, Seal> counting = new TreeMap<>(seals);
    counting
        .entrySet()
        .removeIf(seal -> !validity.counts(seal.getKey(), seal.getValue().sealedAt()));
    return counting;
  }

  /** What the next refresh will drop by; empty if the view was never refreshed. */
  public Optional<Instant> watermark() {
    return refreshed.map(RefreshedBatch::watermark);
  }

  /** The first date with windows in which events count. */
  public LocalDate firstDate() {
    return window.firstDateOf(historyFrom);
  }

  /** The last date whose windows have all ended, empty if there is none since the first date. */
  public Optional<LocalDate> lastClosed() {
    return clock
        .reached(refreshed)
        .flatMap(
            reached -> {
              LocalDate date = LocalDate.ofInstant(reached, ZoneOffset.UTC);
              while (!date.isBefore(firstDate()) && !window.isClosed(date, reached)) {
                date = date.minusDays(1);
              }
              return date.isBefore(firstDate()) ? Optional.empty() : Optional.of(date);
            });
  }

  /** Whether the watermark is ahead of the clock: every honest event is late by it. */
  public boolean isAhead() {
    return refreshed.filter(clock::isBehind).isPresent();
  }

  /** Every closed date. */
  public SortedSet<LocalDate> closed() {
    return lastClosed()
        .map(last -> new TreeSet<>(new DateRun(firstDate(), last).dates()))
        .orElseGet(TreeSet::new);
  }

  /** Every closed date that is not final. */
  public SortedSet<LocalDate> unproven() {
    return closed().stream().filter(date -> !isFinal(date)).collect(toCollection(TreeSet::new));
  }

  /**
   * Dates that have events and are not closed: the stream writes them still. It does not write
   * sealed ones, which can be among them after it has begun again.
   */
  public List<LocalDate> open() {
    SortedMap<LocalDate, Long> byDate = inputs.events().byDate();
    return lastClosed()
        .map(last -> byDate.tailMap(last.plusDays(1)))
        .orElse(byDate)
        .keySet()
        .stream()
        .filter(date -> !seals.containsKey(date))
        .toList();
  }

  /** Says up to which date the view is closed, and what closes more. */
  public String closing() {
    if (refreshed.isEmpty()) {
      return "view %s has never been refreshed, so none of its dates are closed. Run the stream first"
          .formatted(view);
    }
    if (isAhead()) {
      return "an event from the future has taken the watermark of view %s to %s, so none of its dates are closed. Start its stream over: %s"
          .formatted(view, watermark().get(), NamedCommand.of("stream --rebuild " + view));
    }
    String until =
        lastClosed().map(last -> "the last closed date is " + last).orElse("no date is closed yet");
    return "view %s is at watermark %s, and %s. Choose closed dates, or let the stream go on"
        .formatted(view, watermark().get(), until);
  }

  /** Whether the date is sealed and its recomputation is known to be the same. */
  public boolean isFinal(LocalDate date) {
    Seal seal = seals.get(date);
    return seal != null && (inputs.isThatOf(seal, window) || unchanged.contains(date));
  }

  /** The same, once it is known of these dates, too, that the recomputation has not changed. */
  public ViewFinality withUnchanged(Set<LocalDate> known) {
    Set<LocalDate> all = new HashSet<>(unchanged);
    all.addAll(known);
    return new ViewFinality(view, window, historyFrom, refreshed, seals, inputs, clock, all);
  }

  /** Sealed dates that are no longer final; before a {@link Review} some that still are. */
  public SortedSet<LocalDate> dirty() {
    return seals.keySet().stream()
        .filter(date -> !isFinal(date))
        .collect(toCollection(TreeSet::new));
  }

  /** The last date up to which every date since the first is final. */
  public Optional<LocalDate> tidemark() {
    LocalDate next = firstDate();
    while (isFinal(next)) {
      next = next.plusDays(1);
    }
    return next.equals(firstDate()) ? Optional.empty() : Optional.of(next.minusDays(1));
  }

  /** The same after a date was sealed. */
  public ViewFinality with(Map<LocalDate, Seal> sealed) {
    SortedMap<LocalDate, Seal> all = new TreeMap<>(seals);
    all.putAll(sealed);
    return new ViewFinality(view, window, historyFrom, refreshed, all, inputs, clock, unchanged);
  }
}
