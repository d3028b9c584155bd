package io.tidemark.local.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A program from outside that does the same work on the same topic: another engine, another
 * version.
 *
 * @param command for a shell; it finds what to do in its environment, as {@link #environment} says
 */
public record Rival(String name, String command) {

  /** Runs it to its end, and reads the {@link Measurement} that it has written. */
  Measurement measure(String brokers, String topic, Path folder, Path logs) {
    Path log = logs.resolve("bench-rival.log");
    Path result = folder.resolve("result.json");
    try {
      Files.createDirectories(folder);
      Files.createDirectories(logs);
      ProcessBuilder builder =
          new ProcessBuilder(List.of("sh", "-c", command))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()));
      builder.environment().putAll(environment(brokers, topic, folder, result));
      int code = builder.start().waitFor();
      if (code != 0 || !Files.exists(result)) {
        throw new IllegalStateException(
            "Cannot measure '%s': it ended with code %d and %s. Its output: %s"
                .formatted(
                    name, code, Files.exists(result) ? "a result" : "without a result", log));
      }
      return Worker.JSON.readValue(result.toFile(), Measurement.class);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot measure '%s': %s".formatted(name, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot measure '%s': interrupted".formatted(name), e);
    }
  }

  private static Map<String, String> environment(
      String brokers, String topic, Path folder, Path result) {
    return Map.of(
        "BENCH_BROKERS",
        brokers,
        "BENCH_TOPIC",
        topic,
        "BENCH_FOLDER",
        folder.toString(),
        "BENCH_RESULT",
        result.toString());
  }
}
