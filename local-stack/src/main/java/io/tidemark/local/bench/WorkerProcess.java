package io.tidemark.local.bench;

import io.tidemark.local.Tether;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures a contender in a process of its own, with the class path and the Java options of this
 * one.
 *
 * @param folder of the benchmark
 * @param logs folder of the logs
 */
record WorkerProcess(Path folder, Path environmentFile, Path pipeline, Path logs) {

  Measurement measure(Contender contender) {
    Path result = folder.resolve("result.json");
    Path log = logs.resolve("bench-worker.log");
    try {
      Files.createDirectories(logs);
      Files.deleteIfExists(result);
      ProcessBuilder builder =
          new ProcessBuilder(line(contender, result))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()));
      builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
      int code = builder.start().waitFor();
      if (code != 0 || !Files.exists(result)) {
        throw new IllegalStateException(
            "Cannot measure '%s': its process ended with code %d. Its logs say why: %s"
                .formatted(contender.label(), code, logs));
      }
      return Worker.JSON.readValue(result.toFile(), Measurement.class);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot measure '%s'".formatted(contender.label()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Cannot measure '%s': interrupted".formatted(contender.label()), e);
    }
  }

  private List<String> line(Contender contender, Path result) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    line.add("-Dtidemark.logs=" + logs);
    line.add("-Dtidemark.verb=bench-worker-spark");
    line.add(Tether.class.getName());
    line.add(Worker.class.getName());
    line.add(contender.name());
    line.add(environmentFile.toString());
    line.add(pipeline.toString());
    line.add(folder.resolve("lakes").resolve(contender.lake().name()).toString());
    line.add(result.toString());
    return line;
  }
}
