package io.tidemark.streaming;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.landing.TopicPartition;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A batch as Spark keeps it in {@code offsets/N}: a line with the version of the format, a line of
 * metadata, and a line with the end offsets of the one source that our queries have. That is not
 * Spark's interface but its file, so what is not exactly this is refused.
 *
 * @param file for messages
 * @param offsets as the source wrote them
 */
record OffsetLog(String file, JsonNode metadata, String offsets) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String VERSION = "v1";
  private static final String WATERMARK = "batchWatermarkMs";
  private static final String TIMESTAMP = "batchTimestampMs";

  /**
   * @throws IllegalStateException if the text is anything else
   */
  static OffsetLog parse(String file, String text) {
    List<String> lines = text.lines().toList();
    requireVersion(file, lines.isEmpty() ? "" : lines.get(0));
    if (lines.size() != 3) {
      throw unknown(
          file, "it has %d lines, not 3: version, metadata and one source".formatted(lines.size()));
    }
    JsonNode metadata = object(file, lines.get(1));
    for (String name : List.of(WATERMARK, TIMESTAMP)) {
      if (!metadata.path(name).canConvertToLong() || metadata.path(name).asLong() < 0) {
        throw unknown(file, "its metadata has no number '%s'".formatted(name));
      }
    }
    return new OffsetLog(file, metadata, lines.get(2));
  }

  /** Whatever source they are of. */
  void requireOffsets() {
    object(file, offsets);
  }

  /** What Spark keeps of a batch that is done: a version and metadata. */
  static void requireCommit(String file, String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() != 2 || !lines.get(0).matches("v[12]")) {
      throw unknown(file, "it has %d lines, not 2: version and metadata".formatted(lines.size()));
    }
    object(file, lines.get(1));
  }

  /** The watermark that the batches before it have reached; empty before there is one. */
  Optional<Instant> watermark() {
    long millis = metadata.path(WATERMARK).asLong();
    return millis == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(millis));
  }

  /** When it was planned, by the clock of the machine that did. */
  Instant plannedAt() {
    return Instant.ofEpochMilli(metadata.path(TIMESTAMP).asLong());
  }

  /** Where a batch over Kafka ends. */
  Map<TopicPartition, Long> ends() {
    return offsets(file, offsets);
  }

  /** That of the next batch, which ends there. */
  OffsetLog followedBy(Map<TopicPartition, Long> ends) {
    ObjectNode topics = JSON.createObjectNode();
    ends.forEach(
        (place, offset) ->
            topics
                .withObject("/" + place.topic())
                .put(Integer.toString(place.partition()), offset));
    return new OffsetLog(file, metadata, topics.toString());
  }

  /** As Spark writes it. */
  String text() {
    return String.join("\n", VERSION, metadata.toString(), offsets);
  }

  /**
   * Where batch 0 over Kafka began, from {@code sources/0/0}: a zero byte and a line with the
   * version stand before the offsets.
   */
  static Map<TopicPartition, Long> beginning(String file, String text) {
    List<String> lines = text.lines().toList();
    requireVersion(file, lines.isEmpty() ? "" : lines.get(0).replaceFirst("^\0", ""));
    if (lines.size() != 2) {
      throw unknown(file, "it has %d lines, not 2: version and offsets".formatted(lines.size()));
    }
    return offsets(file, lines.get(1));
  }

  private static Map<TopicPartition, Long> offsets(String file, String json) {
    JsonNode topics = object(file, json);
    if (topics.size() != 1) {
      throw unknown(file, "its offsets are of %d topics, not of one".formatted(topics.size()));
    }
    Map.Entry<String, JsonNode> topic = topics.properties().iterator().next();
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (Map.Entry<String, JsonNode> partition : topic.getValue().properties()) {
      if (!partition.getKey().matches("\\d{1,9}")
          || !partition.getValue().isIntegralNumber()
          || !partition.getValue().canConvertToLong()
          || partition.getValue().asLong() < 0) {
        throw unknown(
            file,
            "'%s: %s' is not an offset of a partition"
                .formatted(partition.getKey(), partition.getValue()));
      }
      offsets.put(
          new TopicPartition(topic.getKey(), Integer.parseInt(partition.getKey())),
          partition.getValue().asLong());
    }
    if (offsets.isEmpty()) {
      throw unknown(file, "it has no offsets of topic '%s'".formatted(topic.getKey()));
    }
    return offsets;
  }

  private static void requireVersion(String file, String version) {
    if (!version.equals(VERSION)) {
      throw unknown(file, "its format is '%s', not '%s'".formatted(version, VERSION));
    }
  }

  private static JsonNode object(String file, String json) {
    try {
      JsonNode node = JSON.readTree(json);
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw unknown(file, "'%s' is not JSON".formatted(json));
    }
    throw unknown(file, "'%s' is not a JSON object".formatted(json));
  }

  private static IllegalStateException unknown(String file, String why) {
    return new IllegalStateException(
        "Cannot tell from the checkpoint what a batch reads: %s is not in the format of Spark 4.1: %s. Restore the file, or run the version of Tidemark that wrote it; docs/operations.md says what to do if neither can be."
            .formatted(file, why));
  }
}
