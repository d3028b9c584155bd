package io.tidemark.streaming;

import io.tidemark.lake.EditWatch;
import io.tidemark.table.LakeTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks for edits of the events tables now and then. Whoever asks next has few commits to read, and
 * those that are cleaned or expire meanwhile have been seen.
 */
final class EditLooks {
  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final Logger LOG = LoggerFactory.getLogger(EditLooks.class);

  private final EditWatch watch;
  private final Collection<LakeTable> events;
  private final Clock clock;
  private Instant next = Instant.MIN;

  EditLooks(EditWatch watch, Collection<LakeTable> events, Clock clock) {
    this.watch = watch;
    this.events = List.copyOf(events);
    this.clock = clock;
  }

  void lookIfDue() {
    if (!clock.instant().isBefore(next)) {
      look();
    }
  }

  /** One that fails is made up for by the next: landing must not end for it. */
  void look() {
    next = clock.instant().plus(INTERVAL);
    for (LakeTable table : events) {
      try {
        watch.keep(table);
      } catch (Exception e) { // Scala throws checked ones too.
        LOG.warn("Cannot look for edits of {} now; it will be tried again", table.name(), e);
      }
    }
  }
}
