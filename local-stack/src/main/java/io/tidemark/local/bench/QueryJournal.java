package io.tidemark.local.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import org.apache.spark.sql.streaming.StreamingQueryListener;
import org.apache.spark.sql.streaming.StreamingQueryProgress;

/**
 * Notes, in the process of a stream, what its queries do: a line of JSON each. Spark makes it by
 * its name.
 */
public final class QueryJournal extends StreamingQueryListener {
  static final ObjectMapper JSON = new ObjectMapper();

  private static final String FILE = "tidemark.bench.journal";

  private final Path file = Path.of(System.getProperty(FILE));

  /** Options of the stream's Java. */
  static List<String> options(Path file) {
    return List.of(
        "-D%s=%s".formatted(FILE, file),
        "-Dspark.sql.streaming.streamingQueryListeners=" + QueryJournal.class.getName());
  }

  @Override
  public void onQueryStarted(QueryStartedEvent event) {
    write(line("started", event.id()).put("query", event.name()));
  }

  @Override
  public void onQueryProgress(QueryProgressEvent event) {
    StreamingQueryProgress progress = event.progress();
    ObjectNode line = line("batch", progress.id()).put("query", progress.name());
    line.put("at", progress.timestamp());
    line.set("millis", JSON.valueToTree(progress.durationMs()));
    line.put("cpu", Usage.ofThisProcess().cpu().toMillis());
    write(line);
  }

  @Override
  public void onQueryIdle(QueryIdleEvent event) {
    write(line("idle", event.id()));
  }

  @Override
  public void onQueryTerminated(QueryTerminatedEvent event) {}

  private static ObjectNode line(String what, UUID query) {
    return JSON.createObjectNode().put("what", what).put("id", query.toString());
  }

  private synchronized void write(ObjectNode line) {
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write into " + file, e);
    }
  }
}
