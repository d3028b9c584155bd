package io.tidemark.local.bench;

import static java.util.stream.Collectors.toMap;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.streaming.StreamingQueryListener;
import org.apache.spark.sql.streaming.StreamingQueryProgress;

/** Keeps what Spark says of every batch that had something to read, in the stream's own process. */
final class BatchListener extends StreamingQueryListener {
  private static final String WHOLE = "triggerExecution";

  private final List<QueryNotes.Batch> batches = new ArrayList<>();

  /** Those since the last call. */
  synchronized List<QueryNotes.Batch> take() {
    List<QueryNotes.Batch> taken = List.copyOf(batches);
    batches.clear();
    return taken;
  }

  @Override
  public synchronized void onQueryProgress(QueryProgressEvent event) {
    StreamingQueryProgress progress = event.progress();
    if (progress.numInputRows() > 0) {
      Map<String, Long> parts =
          progress.durationMs().entrySet().stream()
              .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
      batches.add(
          new QueryNotes.Batch(
              progress.name(),
              Instant.parse(progress.timestamp()),
              Duration.ofMillis(parts.getOrDefault(WHOLE, 0L)),
              parts,
              Usage.ofThisProcess().cpu()));
    }
  }

  @Override
  public void onQueryStarted(QueryStartedEvent event) {}

  @Override
  public void onQueryTerminated(QueryTerminatedEvent event) {}
}
