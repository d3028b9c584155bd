package io.tidemark.local.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.streaming.SourceProgress;
import org.apache.spark.sql.streaming.StreamingQueryListener;
import org.apache.spark.sql.streaming.StreamingQueryProgress;

/** How far the landing and refresh queries of a pipeline are. */
final class StreamProgress extends StreamingQueryListener {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String landing;
  private final String refresh;
  private final Map<String, Long> landed = new ConcurrentHashMap<>();
  private final Map<String, Long> refreshed = new ConcurrentHashMap<>();

  StreamProgress(String pipeline) {
    this.landing = pipeline + ".land.";
    this.refresh = pipeline + ".refresh.";
  }

  /** Records of these events that were landed, or became dead letters. */
  long landed(Iterable<String> events) {
    long all = 0;
    for (String name : events) {
      all += landed.getOrDefault(landing + name, 0L);
    }
    return all;
  }

  /** Events that were read by views, each view's own. */
  long refreshed() {
    return refreshed.values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void onQueryProgress(QueryProgressEvent event) {
    StreamingQueryProgress progress = event.progress();
    String name = String.valueOf(progress.name());
    if (name.startsWith(landing)) {
      for (SourceProgress source : progress.sources()) {
        landed.put(name, sum(source.endOffset()));
      }
    } else if (name.startsWith(refresh)) {
      refreshed.merge(name, progress.numInputRows(), Long::sum);
    }
  }

  @Override
  public void onQueryStarted(QueryStartedEvent event) {}

  @Override
  public void onQueryTerminated(QueryTerminatedEvent event) {}

  /** Of Kafka's offsets as Spark writes them: {@code {"topic": {"0": 17}}}. */
  private static long sum(String offsets) {
    try {
      long sum = 0;
      for (JsonNode topic : JSON.readTree(offsets)) {
        for (JsonNode offset : topic) {
          sum += offset.asLong();
        }
      }
      return sum;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot read offsets: " + offsets, e);
    }
  }
}
