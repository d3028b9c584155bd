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
 * What Spark wrote about a batch before it ran: {@code offsets/N} is an {@link OffsetLog}, and
 * {@code sources/0/0} holds the offsets that batch 0 began at. Beside them, in {@code topic-id},
 * stands which topic they are offsets of.
 */
final class Checkpoint {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A file of our own beside Spark's. */
  private static final String TOPIC = "topic-id";

  private final Path root;
  private final Configuration hadoop;

  Checkpoint(Path root, Configuration hadoop) {
    this.root = root;
    this.hadoop = hadoop;
  }

  Path path() {
    return root;
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
    return batch(batch).watermark();
  }

  /** When the batch was planned, by the clock of the machine that did; a retry keeps it. */
  Instant plannedAt(long batch) {
    return batch(batch).plannedAt();
  }

  /**
   * The offsets that a batch over Kafka accounts for; partitions without new ones are left out. The
   * first batch accounts for those before its beginning, too.
   */
  List<PlannedSpan> planned(long batch) {
    Map<TopicPartition, Long> begin = batch == 0 ? Map.of() : batch(batch - 1).ends();
    List<PlannedSpan> spans = new ArrayList<>();
    batch(batch)
        .ends()
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

  /** Where the first batch over Kafka began: at the first offsets that there were. */
  Map<TopicPartition, Long> beginning() {
    String file = "sources/0/0";
    return OffsetLog.beginning(new Path(root, file).toString(), text(file));
  }

  /**
   * Where the next batch over Kafka begins to read, or the one that was planned and is not done;
   * empty before there is any.
   */
  Map<TopicPartition, Long> wanted() {
    OptionalLong planned = lastPlanned();
    if (planned.isEmpty()) {
      return Map.of();
    }
    long done = lastCommitted().orElse(-1);
    if (done >= planned.getAsLong()) {
      return batch(planned.getAsLong()).ends();
    }
    return planned.getAsLong() == 0 ? beginning() : batch(planned.getAsLong() - 1).ends();
  }

  private OffsetLog batch(long batch) {
    String file = "offsets/" + batch;
    return OffsetLog.parse(new Path(root, file).toString(), text(file));
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
