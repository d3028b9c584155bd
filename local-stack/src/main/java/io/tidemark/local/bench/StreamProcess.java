package io.tidemark.local.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The verb {@code stream} in a process of its own, as a user runs it. */
final class StreamProcess implements AutoCloseable {
  /** A stream waits a minute for each of its queries, and one waits at most. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final Path logs;

  private StreamProcess(Process process, Path logs) {
    this.process = process;
    this.logs = logs;
  }

  /**
   * @param lake a folder with an environment file
   * @param journal what a {@link QueryJournal} is written to
   * @param verb whose main method is the stream
   */
  static StreamProcess start(Path lake, Path pipeline, Path journal, Path logs, Class<?> verb) {
    ProcessBuilder builder =
        JavaLikeThis.of(
            logs,
            "bench-stream-spark",
            QueryJournal.options(journal),
            verb,
            List.of("--lake", lake.toString(), "--pipeline", pipeline.toString()));
    try {
      Files.createDirectories(logs);
      Redirect log = Redirect.appendTo(logs.resolve("bench-stream.log").toFile());
      return new StreamProcess(builder.redirectErrorStream(true).redirectOutput(log).start(), logs);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start the stream: " + e.getMessage(), e);
    }
  }

  /** What all its threads have used since it began, user and system. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /**
   * @throws IllegalStateException if it has ended
   */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "Cannot measure the stream: it ended with code %d. See the logs in %s"
              .formatted(process.exitValue(), logs));
    }
  }

  /** Asks it to stop, which it does between two batches, and returns when it has ended. */
  @Override
  public void close() {
    // Not the process itself: that would end its standard input as well, and it would end at once.
    process.toHandle().destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
