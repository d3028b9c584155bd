package io.tidemark.local;

import io.tidemark.output.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
  private static final Pattern PROGRESS =
      Pattern.compile("Progress \\(\\d+\\): .*?([0-9.]+)(?:/([0-9.]+))? MB");

  /** Puts the file into that folder. */
  void into(Path folder) {
    try (Progress progress = Progress.start("fetch " + artifact, megabytes, "MB")) {
      Program.Ended maven = maven(folder).run(line -> follows(line, progress));
      if (maven.exitCode() != 0) {
        throw new IllegalStateException(
            "Cannot fetch %s: Maven ended with exit code %d.%n%s"
                .formatted(artifact, maven.exitCode(), maven.text()));
      }
      progress.to(megabytes);
    } catch (IOException e) {
      throw new IllegalStateException(
          "Cannot fetch %s: Maven (mvn) is not on PATH. Install Maven 3.8.6 or later."
              .formatted(artifact),
          e);
    }
  }

  private Program maven(Path folder) {
    return new Program(
        List.of(
            "mvn",
            // Without a terminal it would colour what it writes all the same.
            "-Dstyle.color=never",
            "--strict-checksums",
            plugin + ":copy",
            "-Dartifact=" + artifact,
            "-DoutputDirectory=" + folder),
        folder,
        Map.of("JAVA_HOME", System.getProperty("java.home")));
  }

  private static boolean follows(String line, Progress progress) {
    Matcher step = PROGRESS.matcher(line);
    boolean isStep = step.find();
    if (isStep) {
      progress.to((long) Double.parseDouble(step.group(1)));
    }
    return isStep;
  }
}
