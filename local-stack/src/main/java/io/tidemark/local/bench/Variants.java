package io.tidemark.local.bench;

import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.table.TableFormat;
import java.time.Duration;
import java.util.List;

/** The measured pipeline, less what a contender does not do. */
final class Variants {
  private Variants() {}

  /** Its events alone, in that format. */
  static Pipeline landing(Pipeline pipeline, TableFormat format) {
    EventSource source = pipeline.events().get(0);
    EventSource landed =
        new EventSource(source.name(), source.topic(), source.schema(), format, source.replay());
    return of(pipeline, List.of(landed), List.of());
  }

  /** With its view in a table of another name. */
  static Pipeline renamed(Pipeline pipeline, String name) {
    ViewDefinition view = pipeline.views().get(0);
    ViewDefinition renamed =
        new ViewDefinition(
            name, view.file(), view.sql(), view.key(), view.lateness(), view.format());
    return of(pipeline, pipeline.events(), List.of(renamed));
  }

  /**
   * As a pipeline is set up for a cluster.
   *
   * @param batch how many records a landing batch has at most
   * @param shufflePartitions of which each is refreshed by a task
   */
  static Pipeline onCluster(Pipeline pipeline, long batch, int shufflePartitions) {
    return of(
        pipeline,
        new Pipeline.Landing(pipeline.landing().trigger(), batch, pipeline.landing().direct()),
        new Pipeline.Refresh(
            pipeline.refresh().trigger(),
            shufflePartitions,
            Pipeline.StateStore.ROCKSDB,
            pipeline.refresh().largeDateRows()),
        pipeline.events(),
        pipeline.views());
  }

  /** With these events and views, and a batch of each kind at every trigger. */
  static Pipeline every(
      Duration trigger, Pipeline pipeline, List<EventSource> events, List<ViewDefinition> views) {
    return of(
        pipeline,
        new Pipeline.Landing(
            trigger, pipeline.landing().maxRecordsPerBatch(), pipeline.landing().direct()),
        new Pipeline.Refresh(
            trigger,
            pipeline.refresh().shufflePartitions(),
            pipeline.refresh().stateStore(),
            pipeline.refresh().largeDateRows()),
        events,
        views);
  }

  private static Pipeline of(
      Pipeline pipeline, List<EventSource> events, List<ViewDefinition> views) {
    return of(pipeline, pipeline.landing(), pipeline.refresh(), events, views);
  }

  private static Pipeline of(
      Pipeline pipeline,
      Pipeline.Landing landing,
      Pipeline.Refresh refresh,
      List<EventSource> events,
      List<ViewDefinition> views) {
    return new Pipeline(
        pipeline.name(),
        pipeline.folder(),
        pipeline.historyFrom(),
        pipeline.maxFuture(),
        pipeline.operations(),
        landing,
        refresh,
        pipeline.maintenance(),
        events,
        views.isEmpty() ? List.of() : pipeline.dimensions(),
        views);
  }
}
