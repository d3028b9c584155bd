package io.tidemark.streaming;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.TopicPartition;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What Spark wrote about a batch before it ran. {@code offsets/N} holds a version line, a line of
 * metadata with the watermark, and a line of end offsets; {@code sources/0/0} the offsets that
 * batch 0 began at. Beside them, in {@code topic-id}, stands which topic they are offsets of.
 */
final class Checkpoint {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int METADATA = 1;
  private static final int OFFSETS = 2;

  /** A file of our own beside Spark's. */
  private static final String TOPIC = "topic-id";

  private final Path root;
  private final Configuration hadoop;

  Checkpoint(Path root, Configuration hadoop) {
    this.root = root;
    this.hadoop = hadoop;
  }

  String location() {
    return root.toString();
  }

  boolean isEmpty() {
    return lastPlanned().isEmpty();
  }

  /** The last batch whose offsets are known. */
  OptionalLong lastPlanned() {
    return batches("offsets").max();
  }

  /** The last batch that Spark knows to be done. */
  OptionalLong lastCommitted() {
    return batches("commits").max();
  }

  /** Which topic it is of, if that was kept. */
  Optional<String> topic() {
    try {
      Path file = new Path(root, TOPIC);
      return file.getFileSystem(hadoop).exists(file)
          ? Optional.of(text(TOPIC).strip()).filter(id -> !id.isEmpty())
          : Optional.empty();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Where that is kept. */
  String topicFile() {
    return new Path(root, TOPIC).toString();
  }

  void keepTopic(String id) {
    Path file = new Path(root, TOPIC);
    try (OutputStream out = file.getFileSystem(hadoop).create(file)) {
      out.write(id.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  private LongStream batches(String log) {
    Path folder = new Path(root, log);
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      FileStatus[] entries = files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
      return Arrays.stream(entries)
          .map(entry -> entry.getPath().getName())
          .filter(name -> name.matches("\\d+"))
          .mapToLong(Long::parseLong);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private UncheckedIOException unreadable(IOException cause) {
    return new UncheckedIOException("Cannot read the checkpoint " + root, cause);
  }

  /** The id that the query has had since this checkpoint was new. */
  String id() {
    return json(text("metadata")).path("id").asText();
  }

  /** The watermark that the batches before a batch have reached; empty before there is one. */
  Optional<Instant> watermark(long batch) {
    long millis = json(line(batch, METADATA)).path("batchWatermarkMs").asLong();
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** When the batch was planned, by the clock of the machine that did; a retry keeps it. */
  Instant plannedAt(long batch) {
    return Instant.ofEpochMilli(json(line(batch, METADATA)).path("batchTimestampMs").asLong());
  }

  /** The offsets that a batch over Kafka reads; partitions without new ones are left out. */
  List<PlannedSpan> planned(long batch) {
    Map<TopicPartition, Long> begin =
        batch == 0 ? offsets(json(initialOffsets())) : offsets(json(line(batch - 1, OFFSETS)));
    List<PlannedSpan> spans = new ArrayList<>();
    offsets(json(line(batch, OFFSETS)))
        .forEach(
            (place, until) -> {
              // A partition that was added to the topic is read from its beginning.
              long from = begin.getOrDefault(place, 0L);
              if (until > from) {
                spans.add(new PlannedSpan(place, from, until));
              }
            });
    return spans;
  }

  private static Map<TopicPartition, Long> offsets(JsonNode topics) {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    topics
        .properties()
        .forEach(
            topic ->
                topic
                    .getValue()
                    .properties()
                    .forEach(
                        partition ->
                            offsets.put(
                                new TopicPartition(
                                    topic.getKey(), Integer.parseInt(partition.getKey())),
                                partition.getValue().asLong())));
    return offsets;
  }

  private String line(long batch, int line) {
    List<String> lines = text("offsets/" + batch).lines().toList();
    if (lines.size() <= line) {
      throw new IllegalStateException(
          "Cannot read batch %d from the checkpoint %s: its offsets have %d lines"
              .formatted(batch, root, lines.size()));
    }
    return lines.get(line);
  }

  /** A zero byte and a version line stand before the JSON. */
  private String initialOffsets() {
    String text = text("sources/0/0");
    return text.substring(text.indexOf('{'));
  }

  private String text(String file) {
    Path path = new Path(root, file);
    try (InputStream in = path.getFileSystem(hadoop).open(path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path, e);
    }
  }

  private JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot parse the checkpoint " + root, e);
    }
  }
}
