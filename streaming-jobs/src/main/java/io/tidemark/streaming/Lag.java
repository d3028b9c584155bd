package io.tidemark.streaming;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.sql.streaming.SourceProgress;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryProgress;

/** How many offsets a topic had when a query last read it, and the query had not. */
final class Lag {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Lag() {}

  /** Empty before its first batch. */
  static OptionalLong of(StreamingQuery query) {
    StreamingQueryProgress progress = query == null ? null : query.lastProgress();
    if (progress == null || progress.sources().length == 0) {
      return OptionalLong.empty();
    }
    SourceProgress source = progress.sources()[0];
    return between(source.endOffset(), source.latestOffset());
  }

  /**
   * @param read offsets by topic and partition, as Spark writes them
   */
  static OptionalLong between(String read, String latest) {
    if (read == null || latest == null) {
      return OptionalLong.empty();
    }
    try {
      JsonNode done = JSON.readTree(read);
      long lag = 0;
      for (Map.Entry<String, JsonNode> topic : JSON.readTree(latest).properties()) {
        for (Map.Entry<String, JsonNode> partition : topic.getValue().properties()) {
          long until = done.path(topic.getKey()).path(partition.getKey()).asLong();
          lag += Math.max(0, partition.getValue().asLong() - until);
        }
      }
      return OptionalLong.of(lag);
    } catch (JsonProcessingException e) {
      return OptionalLong.empty();
    }
  }
}
