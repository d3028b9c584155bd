package io.tidemark.streaming;

import io.tidemark.lake.PipelineTables;
import io.tidemark.status.FinalityTables;
import io.tidemark.view.Window;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Updates {@code ops.dates} and {@code ops.tidemarks} when late events change a sealed date, which
 * is then no longer final. Landing only notes the dates of its batches; whether one is sealed is
 * looked up, and judged, beside it.
 */
final class FinalityWatch {
  private static final Logger LOG = LoggerFactory.getLogger(FinalityWatch.class);

  /** For what makes dates dirty without landing on them, and for dates that open and close. */
  private static final Duration INTERVAL = Duration.ofMinutes(10);

  /** To judge a date is to recompute it: ten times as long goes to the streams in between. */
  private static final int REST = 10;

  private final FinalityTables finality;
  private final Clock clock;
  private final Runnable said;
  private final Map<String, SortedSet<LocalDate>> landed = new HashMap<>();
  private Instant rested = Instant.MIN;
  private Instant next = Instant.MIN;

  FinalityWatch(FinalityTables finality, Clock clock) {
    this(finality, clock, () -> {});
  }

  /**
   * @param said is called whenever both tables are up to date
   */
  FinalityWatch(FinalityTables finality, Clock clock, Runnable said) {
    this.finality = finality;
    this.clock = clock;
    this.said = said;
  }

  /**
   * Notes that a batch has landed.
   *
   * @param events the events table, by its name within the pipeline
   */
  void landed(String events, Set<LocalDate> dates) {
    synchronized (landed) {
      landed.computeIfAbsent(events, table -> new TreeSet<>()).addAll(dates);
    }
  }

  /** Looks if it is time to, or if a sealed date was landed on. */
  void lookIfDue() {
    Instant now = clock.instant();
    if (!now.isBefore(next)) {
      look();
    } else if (!now.isBefore(rested)) {
      lookIfLanded();
    }
  }

  /** Looks if a sealed date was landed on. */
  void lookIfLanded() {
    Map<String, SortedSet<LocalDate>> taken = take();
    try {
      if (!taken.isEmpty() && isSealedAny(taken)) {
        publish();
      }
    } catch (Exception e) { // Scala throws checked ones too.
      taken.forEach(this::landed);
      failed(e);
    }
  }

  /**
   * Brings both tables up to date, if a date was ever sealed; they are there in any case. What
   * fails is made up for by the next look, start or reconciliation: landing must not end for it.
   */
  void look() {
    next = clock.instant().plus(INTERVAL);
    Map<String, SortedSet<LocalDate>> taken = take();
    try {
      PipelineTables tables = finality.tables();
      tables.operations().dates().create();
      tables.operations().tidemarks().create();
      if (!tables.operations().seals().last(finality.spark(), tables.pipeline().name()).isEmpty()) {
        publish();
      }
    } catch (Exception e) { // As above.
      taken.forEach(this::landed);
      failed(e);
    }
  }

  private Map<String, SortedSet<LocalDate>> take() {
    synchronized (landed) {
      Map<String, SortedSet<LocalDate>> taken = new HashMap<>(landed);
      landed.clear();
      return taken;
    }
  }

  private void publish() {
    Instant begun = clock.instant();
    finality.publish();
    Instant ended = clock.instant();
    rested = ended.plus(Duration.between(begun, ended).multipliedBy(REST));
    said.run();
  }

  private void failed(Exception failure) {
    rested = clock.instant().plus(Duration.ofMinutes(1));
    LOG.warn("Cannot write to ops.dates which dates are dirty; it will be tried again", failure);
  }

  private boolean isSealedAny(Map<String, SortedSet<LocalDate>> dates) {
    PipelineTables tables = finality.tables();
    return tables.views().values().stream()
        .filter(view -> dates.containsKey(view.view().events()))
        .anyMatch(
            view ->
                isReached(
                    tables
                        .operations()
                        .dates()
                        .sealed(finality.spark(), tables.pipeline().name(), view.view().name()),
                    view.view().window(),
                    dates.get(view.view().events())));
  }

  /** Whether an event of one of the dates counts on a sealed one. */
  private static boolean isReached(
      SortedSet<LocalDate> sealed, Window window, SortedSet<LocalDate> dates) {
    return sealed.stream()
        .anyMatch(date -> !dates.subSet(date, window.lastEventDateOf(date).plusDays(1)).isEmpty());
  }
}
