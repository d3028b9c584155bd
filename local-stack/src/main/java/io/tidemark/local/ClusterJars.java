package io.tidemark.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code spark-submit} takes to run the stream's code on a cluster, driven by a class of this
 * module.
 *
 * @param application the jar of {@code streaming-jobs} that users submit
 * @param others the packages that README.md names beside it, and this module
 */
public record ClusterJars(Path application, List<Path> others) {
  public ClusterJars {
    others = List.copyOf(others);
  }

  /**
   * As the build has left them.
   *
   * @throws IllegalStateException if it has not
   */
  public static ClusterJars built() {
    Path application =
        Installation.folder()
            .resolve("../../streaming-jobs/target/streaming-jobs.jar")
            .toAbsolutePath()
            .normalize();
    Path packages = Installation.folder().resolve("packages.txt");
    for (Path needed : List.of(application, packages, Installation.ownClasses())) {
      if (!Files.isRegularFile(needed)) {
        throw new IllegalStateException(
            "Cannot submit to a cluster: %s is not a file. Build Tidemark with 'mvn package -DskipTests'."
                .formatted(needed));
      }
    }
    return new ClusterJars(
        application,
        Stream.concat(listed(packages), Stream.of(Installation.ownClasses())).toList());
  }

  private static Stream<Path> listed(Path file) {
    try {
      return Arrays.stream(Files.readString(file).strip().split(",")).map(Path::of);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }
}
