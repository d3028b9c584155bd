package io.tidemark.local.bench;

import io.tidemark.local.Tether;
import java.lang.management.ManagementFactory;
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
    ProcessBuilder builder = new ProcessBuilder(line(contender, result));
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return new Turn(contender.label(), result, logs.resolve("bench-worker.log")).run(builder);
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
