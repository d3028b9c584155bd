package io.tidemark.pipeline;

import io.tidemark.table.TableFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;

/**
 * A pipeline as its folder describes it: which events land, what enriches them, which views stand
 * on them.
 *
 * @param name also the schema of its tables
 * @param folder where {@code pipeline.yaml} stands
 * @param historyFrom the first date; an event before it is a dead letter
 * @param maxFuture how far an event's time may be ahead of its arrival
 * @param operations the format of the {@code ops} tables
 */
public record Pipeline(
    String name,
    Path folder,
    LocalDate historyFrom,
    Duration maxFuture,
    TableFormat operations,
    Landing landing,
    Refresh refresh,
    List<EventSource> events,
    List<DimensionSource> dimensions,
    List<ViewDefinition> views) {
  public Pipeline {
    events = List.copyOf(events);
    dimensions = List.copyOf(dimensions);
    views = List.copyOf(views);
  }

  /** How landing cuts the topics into batches. */
  public record Landing(Duration trigger, long maxRecordsPerBatch) {}

  /** How refresh runs. The number of shuffle partitions is fixed by a view's first run. */
  public record Refresh(Duration trigger, int shufflePartitions, StateStore stateStore) {}

  /**
   * Where a refresh keeps its state between batches: on disk (large state), or in memory (small
   * state, faster).
   */
  public enum StateStore {
    ROCKSDB,
    MEMORY
  }

  /** The full name of one of this pipeline's tables. */
  public String table(String table) {
    return name + "." + table;
  }
}
