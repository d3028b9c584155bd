package io.tidemark.local.cluster;

import io.tidemark.local.ServerCommand;
import io.tidemark.local.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server of Spark's own distribution as a process, which ends with this one. The system picks its
 * ports.
 *
 * @param page where its page for people is, and below it what it tells programs
 */
record SparkServer(ServerProcess process, URI page) {
  private static final Pattern PAGE = Pattern.compile("and started at (http://\\S+)");
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(50);

  /** They hand out work and keep lists. */
  private static final List<String> JAVA_OPTIONS =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=128m",
          "-Dlog4j2.configurationFile=classpath:org/apache/spark/log4j2-defaults.properties",
          "-Duser.timezone=UTC");

  /**
   * Starts one, and waits until it says where its page is.
   *
   * @param folder that its log is kept under, {@code logs/NAME.log}; new
   * @param megabytes of its heap
   * @param variables with {@code SPARK_HOME}
   */
  static SparkServer start(
      String name,
      Path folder,
      int megabytes,
      Map<String, String> variables,
      List<String> options,
      String mainClass,
      List<String> arguments) {
    List<String> java = new ArrayList<>(JAVA_OPTIONS);
    java.add("-Xmx%dm".formatted(megabytes));
    java.addAll(options);
    ServerCommand command =
        new ServerCommand(
            name,
            Path.of(System.getProperty("java.home")),
            java,
            ServerCommand.classPath(Path.of(variables.get("SPARK_HOME"), "jars", "*")),
            mainClass,
            arguments,
            variables);
    ServerProcess process = ServerProcess.start(command, folder, ServerProcess.Life.TETHERED);
    return new SparkServer(process, page(name, process));
  }

  private static URI page(String name, ServerProcess process) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (true) {
      Matcher said = PAGE.matcher(text(process.log()));
      if (said.find()) {
        return URI.create(said.group(1));
      }
      if (process.endsWithin(PAUSE) || Instant.now().isAfter(deadline)) {
        process.stop();
        throw new IllegalStateException(
            "Cannot start Spark's %s: it did not say where its page is. Its log may say why: %s%n%s"
                .formatted(name, process.log(), process.endOfLog()));
      }
    }
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + log, e);
    }
  }
}
