package io.tidemark.local;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A server of the local stack as a running process, found again by its pid file. */
public final class ServerProcess {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LAST_LINES = 12;

  private final String name;
  private final Path lake;
  private final ProcessHandle process;

  private ServerProcess(String name, Path lake, ProcessHandle process) {
    this.name = name;
    this.lake = lake;
    this.process = process;
  }

  /** Whether a server goes on without the process that started it. */
  public enum Life {
    DETACHED,
    TETHERED
  }

  /**
   * @param lake the folder that its log and its pid file are kept under
   */
  public static ServerProcess start(ServerCommand command, Path lake, Life life) {
    try {
      Path log = log(command.name(), lake);
      Files.createDirectories(log.getParent());
      ProcessBuilder builder =
          new ProcessBuilder(command.line(mark(command.name(), lake), life))
              .redirectInput(
                  life == Life.TETHERED ? Redirect.PIPE : Redirect.from(new File("/dev/null")))
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()));
      // Not as an argument: a long command line is cut, and with it the mark that we know it by.
      builder.environment().put("CLASSPATH", command.classPath());
      builder.environment().putAll(command.variables());
      Process process = builder.start();
      Files.writeString(pidFile(command.name(), lake), Long.toString(process.pid()));
      return new ServerProcess(command.name(), lake, process.toHandle());
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot start the %s of %s: %s".formatted(command.name(), lake, e.getMessage()), e);
    }
  }

  /** The server of that name on that lake, if it runs, whoever started it. */
  static Optional<ServerProcess> find(String name, Path lake) {
    Path file = pidFile(name, lake);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      long pid = Long.parseLong(Files.readString(file).strip());
      return ProcessHandle.of(pid)
          .filter(process -> isOurs(process, mark(name, lake)))
          .map(process -> new ServerProcess(name, lake, process));
    } catch (IOException | NumberFormatException e) {
      throw new IllegalStateException(
          "Cannot tell whether the %s runs: %s holds no process id. If no such process runs, delete that file."
              .formatted(name, file),
          e);
    }
  }

  String name() {
    return name;
  }

  /** As a sentence has it. */
  String title() {
    return name.equals(Trino.NAME) ? "Trino" : "the " + name;
  }

  long pid() {
    return process.pid();
  }

  public Path log() {
    return log(name, lake);
  }

  /** The processes that it has started, and those that these have. */
  public Stream<ProcessHandle> descendants() {
    return process.descendants();
  }

  /** The last lines that it wrote, indented, without the frames of stacks. */
  public String endOfLog() {
    try {
      List<String> written =
          new String(Files.readAllBytes(log()), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.matches("\\s+at .*"))
              .toList();
      return written.subList(Math.max(0, written.size() - LAST_LINES), written.size()).stream()
          .map(line -> "  " + line)
          .collect(joining(System.lineSeparator()));
    } catch (IOException e) {
      return "  (it cannot be read: %s)".formatted(e.getMessage());
    }
  }

  /** Waits that long at most; true if the server has ended by then. */
  public boolean endsWithin(Duration time) {
    try {
      process.onExit().get(time.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("Cannot wait for the %s to end".formatted(name), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Cannot wait for the %s any longer: interrupted".formatted(name), e);
    }
  }

  /** Asks it to stop, insists after half a minute, and returns when it has ended. */
  public void stop() {
    process.destroy();
    if (!endsWithin(PATIENCE)) {
      process.destroyForcibly();
      endsWithin(PATIENCE);
    }
    try {
      Files.deleteIfExists(pidFile(name, lake));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process id is used again one day; the mark on its command line is not. */
  private static boolean isOurs(ProcessHandle process, String mark) {
    return process.info().arguments().map(Arrays::asList).filter(a -> a.contains(mark)).isPresent();
  }

  private static String mark(String name, Path lake) {
    return "-Dtidemark.server=%s@%s".formatted(name, lake);
  }

  private static Path pidFile(String name, Path lake) {
    return lake.resolve(name + ".pid");
  }

  private static Path log(String name, Path lake) {
    return lake.resolve("logs").resolve(name + ".log");
  }
}
