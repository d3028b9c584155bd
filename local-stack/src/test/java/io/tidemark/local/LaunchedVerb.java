package io.tidemark.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A verb in a process of its own, started by the launcher, so that a test can kill it. */
public final class LaunchedVerb implements AutoCloseable {
  static final String JAVA_OPTIONS = "TIDEMARK_JAVA_OPTS";
  private static final String AS_BY_DEFAULT = "-Dspark.ui.enabled=false";

  /**
   * Compiling takes longer than passing a few thousand rows through what is not compiled, and
   * several threads that collect garbage longer than one.
   */
  static final String FOR_FEW_ROWS =
      AS_BY_DEFAULT
          + " -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"
          + " -XX:-UseParallelGC -XX:+UseSerialGC"
          + " -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote"
          + " -Dspark.sql.codegen.wholeStage=false -Dspark.sql.codegen.factoryMode=NO_CODEGEN"
          + " -Dspark.databricks.delta.snapshotPartitions=1";

  private static final String LAUNCHER =
      Path.of("..", "tidemark").toAbsolutePath().normalize().toString();

  private final Process process;
  private final KeptOutput kept;

  private LaunchedVerb(Process process, KeptOutput kept) {
    this.process = process;
    this.kept = kept;
  }

  /** With Java options for few rows. */
  public static LaunchedVerb start(Path folder, List<String> verb) {
    return start(folder, verb, FOR_FEW_ROWS);
  }

  /** With the Java options that a user has. */
  public static LaunchedVerb startAsByDefault(Path folder, List<String> verb) {
    return start(folder, verb, AS_BY_DEFAULT);
  }

  /**
   * @param folder where its output is kept
   */
  static LaunchedVerb start(Path folder, List<String> verb, String javaOptions) {
    return start(LAUNCHER, folder, verb, javaOptions);
  }

  /** Of another Tidemark, by its launcher. */
  static LaunchedVerb of(Path launcher, Path folder, List<String> verb) {
    return start(launcher.toString(), folder, verb, FOR_FEW_ROWS);
  }

  private static LaunchedVerb start(
      String launcher, Path folder, List<String> verb, String javaOptions) {
    List<String> command = new ArrayList<>(List.of(launcher));
    command.addAll(verb);
    try {
      KeptOutput kept = KeptOutput.in(folder, verb.get(0));
      ProcessBuilder process = new ProcessBuilder(command);
      process.environment().put(JAVA_OPTIONS, javaOptions);
      return new LaunchedVerb(kept.start(process), kept);
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

  /**
   * @param signal for example {@code STOP}
   */
  void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }

  long pid() {
    return process.pid();
  }

  public int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  public String output() {
    return kept.output();
  }

  public String errors() {
    return kept.errors();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
