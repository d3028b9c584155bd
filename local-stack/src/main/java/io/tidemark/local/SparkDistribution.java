package io.tidemark.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Spark's own distribution, as the notebooks' PySpark brings it: its programs and libraries. */
public final class SparkDistribution {
  private SparkDistribution() {}

  /**
   * What {@code SPARK_HOME} is set to, fetched before if it is not there.
   *
   * @param variables of the environment, by which Python and the folder of what is fetched are
   *     found
   */
  public static Path home(Map<String, String> variables) {
    Path libraries = Notebooks.programs(variables).resolveSibling("lib");
    try (DirectoryStream<Path> pythons = Files.newDirectoryStream(libraries, "python3.*")) {
      for (Path python : pythons) {
        Path home = python.resolve("site-packages/pyspark");
        if (Files.isDirectory(home.resolve("jars"))) {
          return home;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for Spark in " + libraries, e);
    }
    throw new IllegalStateException(
        "Cannot find Spark in %s: PySpark is not there. Delete that folder's parent, and it is fetched again."
            .formatted(libraries));
  }
}
