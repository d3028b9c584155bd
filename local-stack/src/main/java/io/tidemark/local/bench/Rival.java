package io.tidemark.local.bench;

import java.io.IOException;
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
record Rival(String name, String command) {

  /**
   * Lets it do its work.
   *
   * @param folder for its own use
   */
  Measurement measure(String brokers, String topic, Path folder, Path logs) throws IOException {
    Files.createDirectories(folder);
    Path result = folder.resolve("result.json");
    ProcessBuilder builder = new ProcessBuilder(List.of("sh", "-c", command));
    builder.environment().putAll(environment(brokers, topic, folder, result));
    return new Turn(name, result, logs.resolve("bench-rival.log")).run(builder, Measurement.class);
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
