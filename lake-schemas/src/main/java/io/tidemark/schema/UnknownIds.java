package io.tidemark.schema;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * Ids of schemas that the registry does not know, or not yet: a producer may have registered one
 * just now, and the answer come from a replica. They are asked for again together, until the
 * patience of a task has run out, which begins with its first unknown id: what the task reads was
 * sent before that.
 */
public final class UnknownIds {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final SchemaRegistry registry;
  private final GivenUp givenUp;
  private final Duration patience;
  private final Set<Integer> unknown = new LinkedHashSet<>();
  private final Set<Integer> settled = new HashSet<>();
  private long deadline;
  private boolean waiting;
  private OptionalInt latest = OptionalInt.empty();
  private boolean isLatestUnknown;

  /** Of one task that reads records of this format. */
  public UnknownIds(RecordFormat format) {
    this.registry = SchemaRegistry.at(format.registry());
    this.givenUp = OpenRegistries.givenUp(format.registry());
    this.patience = format.patience();
  }

  /** Whether the record's schema is unknown so far, so that a verdict would be rash. */
  public boolean has(byte[] value) {
    if (patience.isZero()) {
      return false;
    }
    OptionalInt id = RecordHeader.schemaId(value);
    if (!id.equals(latest)) {
      latest = id;
      isLatestUnknown = id.isPresent() && isUnknown(id.getAsInt());
    }
    return isLatestUnknown;
  }

  private boolean isUnknown(int id) {
    if (unknown.contains(id)) {
      return true;
    }
    if (id < 0 || settled.contains(id) || givenUp.contains(id) || isSettled(id)) {
      settled.add(id);
      return false;
    }
    unknown.add(id);
    if (!waiting) {
      waiting = true;
      deadline = System.nanoTime() + patience.toNanos();
    }
    return true;
  }

  private boolean isSettled(int id) {
    try {
      return registry.byId(id).isPresent();
    } catch (UnreadableSchemaException e) {
      return !e.isForNow();
    }
  }

  /**
   * Waits until the registry knows all of them, or the patience has run out. From then on none is
   * unknown.
   *
   * @throws RegistryUnavailableException if nobody can tell
   */
  public void settle() {
    latest = OptionalInt.empty();
    settled.addAll(unknown);
    Duration pause = Duration.ZERO;
    while (!unknown.isEmpty() && left() > 0) {
      pause(Math.min(pause.toNanos(), left()));
      unknown.removeIf(id -> left() > 0 && isSettled(id));
      Duration longer = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
      pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
    }
    givenUp.addAll(unknown);
    unknown.clear();
  }

  private long left() {
    return deadline - System.nanoTime();
  }

  private static void pause(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        throw new RegistryUnavailableException(
            "Cannot wait for schemas that the registry does not know yet: interrupted", null);
      }
    }
  }
}
