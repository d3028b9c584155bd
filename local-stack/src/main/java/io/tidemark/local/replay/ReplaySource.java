package io.tidemark.local.replay;

import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ReplayMapping;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** How a pipeline says that a file's records become records of a topic. */
public record ReplaySource(Path schema, ReplayMapping mapping) {
  /** What the pipeline says of this topic, be it of events or of a dimension. */
  public static Optional<ReplaySource> of(Pipeline pipeline, String topic) {
    Stream<ReplaySource> events =
        pipeline.events().stream()
            .filter(source -> source.topic().equals(topic))
            .map(ReplaySource::of);
    Stream<ReplaySource> dimensions =
        pipeline.dimensions().stream()
            .filter(source -> source.topic().filter(topic::equals).isPresent())
            .map(ReplaySource::of);
    return Stream.concat(events, dimensions).findFirst();
  }

  /** Of a topic that no pipeline reads. */
  public static ReplaySource byName(Path schema) {
    return new ReplaySource(schema, ReplayMapping.BY_NAME);
  }

  public ReplaySource withSchema(Path other) {
    return new ReplaySource(other, mapping);
  }

  private static ReplaySource of(EventSource events) {
    return new ReplaySource(events.schema(), events.replay().orElse(ReplayMapping.BY_NAME));
  }

  private static ReplaySource of(DimensionSource dimension) {
    return new ReplaySource(dimension.schema(), dimension.replay().orElse(ReplayMapping.BY_NAME));
  }
}
