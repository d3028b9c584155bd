package io.tidemark.streaming;

import static java.util.stream.Collectors.joining;

import io.tidemark.output.TextTable;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ViewDefinition;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;

/** What {@code stream} is going to do, is doing and has done, in words. */
final class StreamText {
  private StreamText() {}

  /** Before it does anything. */
  static String start(Pipeline pipeline, Environment environment) {
    Stream<String> topics =
        Stream.concat(
            pipeline.dimensions().stream()
                .map(DimensionSource::topic)
                .flatMap(topic -> topic.stream()),
            pipeline.events().stream().map(EventSource::topic));
    return "Streaming %s from Kafka at %s. Topics: %s. Views: %s. Tables: %s. Checkpoints: %s."
        .formatted(
            pipeline.name(),
            environment.brokers(),
            listed(topics),
            listed(pipeline.views().stream().map(ViewDefinition::name)),
            environment.warehouse(),
            environment.checkpoints());
  }

  private static String listed(Stream<String> names) {
    List<String> all = names.toList();
    return all.isEmpty() ? "none" : String.join(", ", all);
  }

  /** In one line, while it runs. */
  static String progress(StreamStanding standing) {
    return Stream.concat(
            standing.topics().stream().map(StreamText::topic),
            standing.views().stream().map(StreamText::view))
        .collect(joining(" | "));
  }

  private static String topic(StreamStanding.OfTopic topic) {
    String lag = topic.lag().isEmpty() ? "" : ", lag %,d".formatted(topic.lag().getAsLong());
    return "%s: %,d landed, %,d dead letters%s"
        .formatted(topic.name(), topic.landed(), topic.deadLetters(), lag);
  }

  private static String view(StreamStanding.OfView view) {
    return "%s: %,d rows, %,d late, %s"
        .formatted(
            view.name(),
            view.rows(),
            view.late(),
            view.behind()
                .map(behind -> "%,d s behind".formatted(Math.max(1, behind.toSeconds())))
                .orElse(view.batches() == 0 ? "not refreshed yet" : "fresh"));
  }

  /** In lines, once its last batches have ended. */
  static List<String> stopped(StreamStanding standing) {
    return standing.hasBegun()
        ? List.of(progress(standing), "Stopped. The next start continues from here.")
        : List.of("Stopped before the first batch.");
  }

  /** As tables, when it has ended. */
  static String end(StreamStanding standing) {
    TextTable topics = new TextTable("topic", "landed", "dead letters");
    for (StreamStanding.OfTopic topic : standing.topics()) {
      topics.row(
          topic.name(), "%,d".formatted(topic.landed()), "%,d".formatted(topic.deadLetters()));
    }
    if (standing.views().isEmpty()) {
      return topics.toString();
    }
    TextTable views = new TextTable("view", "rows written", "late", "newest event");
    for (StreamStanding.OfView view : standing.views()) {
      views.row(
          view.name(),
          "%,d".formatted(view.rows()),
          "%,d".formatted(view.late()),
          view.newest().map(time -> time.truncatedTo(ChronoUnit.SECONDS).toString()).orElse("-"));
    }
    return topics + System.lineSeparator() + views;
  }
}
