package io.tidemark.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A verb in a process of its own, as the launcher runs it, so that a test can kill it. */
public final class LaunchedVerb implements AutoCloseable {
  /** For a process that lives a few seconds: compiling well costs more than it gains. */
  private static final List<String> BRIEF =
      List.of("-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** What the launcher gives. */
  private static final List<String> LONG = List.of("-Xmx3g", "-XX:+UseParallelGC");

  private final Process process;
  private final Path output;
  private final Path errors;

  private LaunchedVerb(Process process, Path output, Path errors) {
    this.process = process;
    this.output = output;
    this.errors = errors;
  }

  /**
   * @param folder where its output is kept
   */
  static LaunchedVerb start(Path folder, List<String> verb) {
    return start(folder, BRIEF, verb);
  }

  /** One that has minutes of work. */
  public static LaunchedVerb startLong(Path folder, List<String> verb) {
    return start(folder, LONG, verb);
  }

  private static LaunchedVerb start(Path folder, List<String> options, List<String> verb) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-") || option.startsWith("-Dio.netty"))
        .forEach(command::add);
    command.addAll(options);
    command.add("-Dspark.ui.enabled=false");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(verb);
    try {
      Path output = Files.createTempFile(folder, verb.get(0), ".out");
      Path errors = Files.createTempFile(folder, verb.get(0), ".err");
      return new LaunchedVerb(
          new ProcessBuilder(command)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start(),
          output,
          errors);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot start " + String.join(" ", verb), e);
    }
  }

  /** Whether it has ended by itself within this time. */
  boolean endsWithin(long millis) throws InterruptedException {
    return process.waitFor(millis, TimeUnit.MILLISECONDS);
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  public int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  public String output() {
    return read(output);
  }

  public String errors() {
    return read(errors);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
