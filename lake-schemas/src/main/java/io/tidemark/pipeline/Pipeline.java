package io.tidemark.pipeline;

import io.tidemark.table.TableFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

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
    Maintenance maintenance,
    List<EventSource> events,
    List<DimensionSource> dimensions,
    List<ViewDefinition> views) {
  public Pipeline {
    events = List.copyOf(events);
    dimensions = List.copyOf(dimensions);
    views = List.copyOf(views);
  }

  /** With maintenance as it is by default. */
  public Pipeline(
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
    this(
        name,
        folder,
        historyFrom,
        maxFuture,
        operations,
        landing,
        refresh,
        Maintenance.DEFAULT,
        events,
        dimensions,
        views);
  }

  static Pipeline of(Section root, Path folder) {
    Topics topics = new Topics();
    Pipeline pipeline =
        new Pipeline(
            root.required("name", Value::schemaName),
            folder,
            root.required("history-from", Value::date),
            root.optional("max-future", "1 day", Value::duration),
            root.section("operations", Pipeline::operations),
            root.section("landing", Landing::of),
            root.section("refresh", Refresh::of),
            root.section("maintenance", Maintenance::of),
            root.requiredEach("events", section -> EventSource.of(section, topics)),
            root.each("dimensions", section -> DimensionSource.of(section, topics)),
            root.each("views", ViewDefinition::of));
    root.done();
    refuseSharedNames(pipeline, root);
    return pipeline;
  }

  /** Those that land in a table, of events first. */
  public List<String> topics() {
    return Stream.concat(
            events.stream().map(EventSource::topic),
            dimensions.stream().map(DimensionSource::topic).flatMap(Optional::stream))
        .toList();
  }

  private static TableFormat operations(Section section) {
    TableFormat format = section.optional("format", "delta", Value::format);
    section.done();
    return format;
  }

  private static void refuseSharedNames(Pipeline pipeline, Section root) {
    Set<String> names = new HashSet<>();
    refuseSharedNames(names, "events", root, pipeline.events().stream().map(EventSource::name));
    refuseSharedNames(
        names, "dimensions", root, pipeline.dimensions().stream().map(DimensionSource::name));
    refuseSharedNames(
        names,
        "dimensions",
        root,
        pipeline.dimensions().stream()
            .filter(source -> source.name() != null && source.topic().isPresent())
            .map(DimensionSource::shadow));
    refuseSharedNames(names, "views", root, pipeline.views().stream().map(ViewDefinition::name));
  }

  private static void refuseSharedNames(
      Set<String> names, String key, Section root, Stream<String> more) {
    more.filter(name -> name != null && !names.add(name))
        .forEach(
            name ->
                root.problem(
                    key,
                    "Two tables are named '%s'. Events, dimensions and views share one schema, so each needs its own name."
                        .formatted(name)));
  }

  /**
   * How landing cuts the topics into batches, and writes them.
   *
   * @param direct whether rows go to Delta tables without a plan of Spark's
   */
  public record Landing(Duration trigger, long maxRecordsPerBatch, boolean direct) {
    static Landing of(Section section) {
      Landing landing =
          new Landing(
              section.optional("trigger", "1 second", Value::duration),
              section.optional("max-records-per-batch", "100000", Value::count),
              section.optional("direct", "true", Value::truth));
      section.done();
      return landing;
    }
  }

  /**
   * How refresh runs.
   *
   * @param shufflePartitions fixed by a view's first run
   * @param largeDateRows how many rows the dates of a batch have at least, if it marks the rows
   *     that it replaces, rather than to write these dates again
   */
  public record Refresh(
      Duration trigger, int shufflePartitions, StateStore stateStore, long largeDateRows) {
    static Refresh of(Section section) {
      Refresh refresh =
          new Refresh(
              section.optional("trigger", "1 second", Value::duration),
              section.optional("shuffle-partitions", "2", Value::count),
              section.optional(
                  "state-store", "rocksdb", text -> Value.oneOf(StateStore.class, text)),
              section.optional("large-date-rows", "1000000", Value::count));
      section.done();
      return refresh;
    }
  }

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
