package io.tidemark.local;

import io.tidemark.cli.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fetches a file by Maven, so that a mirror or a proxy in the user's settings counts, and a file
 * that Maven has already is not fetched again.
 *
 * @param plugin group, artifact and version of Maven's dependency plug-in
 * @param artifact as Maven writes it, for example {@code io.trino:trino-server:476:tar.gz}
 * @param megabytes its size
 */
record MavenFetch(String plugin, String artifact, long megabytes) {
  private static final int LAST_LINES = 12;
  private static final Pattern PROGRESS =
      Pattern.compile("Progress \\(\\d+\\): .*?([0-9.]+)(?:/([0-9.]+))? MB");

  /** Puts the file into that folder. */
  void into(Path folder) {
    try (Progress progress = Progress.start("fetch " + artifact, megabytes, "MB")) {
      Process maven = start(folder);
      // A terminal's Ctrl-C reaches Maven too, a 'kill' of this process does not.
      Runtime.getRuntime().addShutdownHook(new Thread(maven::destroy));
      Deque<String> lastLines = new ArrayDeque<>();
      int exitCode = follow(maven, progress, lastLines);
      if (exitCode != 0) {
        throw new IllegalStateException(
            "Cannot fetch %s: Maven ended with exit code %d.%n%s"
                .formatted(artifact, exitCode, String.join(System.lineSeparator(), lastLines)));
      }
      progress.to(megabytes);
    }
  }

  private Process start(Path folder) {
    ProcessBuilder builder =
        new ProcessBuilder(
                List.of(
                    "mvn",
                    // Without a terminal it would colour what it writes all the same.
                    "-Dstyle.color=never",
                    "--strict-checksums",
                    plugin + ":copy",
                    "-Dartifact=" + artifact,
                    "-DoutputDirectory=" + folder))
            // Not in a folder that has a pom.xml of somebody.
            .directory(folder.toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    try {
      return builder.start();
    } catch (IOException e) {
      throw new IllegalStateException(
          "Cannot fetch %s: Maven (mvn) is not on PATH. Install Maven 3.8.6 or later."
              .formatted(artifact),
          e);
    }
  }

  /** Java takes the end of a step of progress, a carriage return, for the end of a line. */
  private static int follow(Process maven, Progress progress, Deque<String> lastLines) {
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(maven.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        Matcher step = PROGRESS.matcher(line);
        if (step.find()) {
          progress.to((long) Double.parseDouble(step.group(1)));
        } else if (!line.isBlank()) {
          lastLines.add(line.strip());
          if (lastLines.size() > LAST_LINES) {
            lastLines.remove();
          }
        }
      }
      return maven.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read what Maven says", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for Maven any longer: interrupted", e);
    }
  }
}
