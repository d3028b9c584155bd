package io.tidemark.table;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Whether S3 at some place refuses to write a file that is there, as {@link NewFile} asks for it. A
 * store that does not know the condition ignores it, and commits would be lost without an error.
 */
public final class ConditionalWrites {
  /** So that a store which is away is told of at once, and not after minutes of trying again. */
  private static final Map<String, String> IMPATIENT =
      Map.of(
          "fs.s3a.attempts.maximum", "1",
          "fs.s3a.retry.limit", "1",
          "fs.s3a.connection.establish.timeout", "15s",
          "fs.s3a.connection.timeout", "5s",
          "fs.s3a.connection.request.timeout", "5s");

  private ConditionalWrites() {}

  /**
   * Writes a file twice, and deletes it.
   *
   * @return why the place is of no use to several writers; empty if it is, or if it is not on S3
   */
  public static Optional<String> problem(URI place, Configuration hadoop) {
    if (!NewFile.SCHEME.equals(place.getScheme())) {
      return Optional.empty();
    }
    Configuration impatient = new Configuration(hadoop);
    IMPATIENT.forEach(impatient::set);
    try (FileSystem files = FileSystem.newInstance(place, impatient)) {
      Path file = new Path(new Path(place), "_tidemark-probe-" + UUID.randomUUID());
      try {
        return isRefused(files, file) ? Optional.empty() : Optional.of(ignored(place));
      } finally {
        files.delete(file, false);
      }
    } catch (IllegalArgumentException e) {
      return Optional.of(
          "Cannot use %s: Hadoop's client for S3 in this Spark is too old to write a file only if none is there: %s. Use hadoop-aws 3.4.2 or later, of the version of Spark's own Hadoop. For Spark 3.5, docs/quality.md has two ways."
              .formatted(place, e.getMessage()));
    } catch (IOException | RuntimeException e) {
      return Optional.of(
          isAbsent(e)
              ? "Cannot use %s: Hadoop's client for S3 is not on the class path. Start Spark with the packages that docs/configuration.md names for S3."
                  .formatted(place)
              : "Cannot write to %s: %s. Look at the fs.s3a settings (spark.hadoop.fs.s3a.*) under 'spark' in the environment file: endpoint, region and credentials."
                  .formatted(place, reason(e)));
    }
  }

  private static boolean isRefused(FileSystem files, Path file) throws IOException {
    NewFile.write(files, file, "Tidemark looks whether this store knows conditional writes.");
    try {
      NewFile.write(files, file, "It does not.");
      return false;
    } catch (FileAlreadyExistsException e) {
      return true;
    }
  }

  private static String ignored(URI place) {
    return "Cannot use %s: this store ignores the condition If-None-Match of a write, so of two processes that commit at once one would replace the other's commit without an error. Use a store that knows conditional writes, as Amazon S3 and current MinIO do."
        .formatted(place);
  }

  private static boolean isAbsent(Exception failure) {
    return Conflicts.causedBy(
        failure,
        cause ->
            cause instanceof ClassNotFoundException
                || String.valueOf(cause.getMessage()).startsWith("No FileSystem for scheme"));
  }

  private static String reason(Exception failure) {
    return failure instanceof FileNotFoundException
        ? "the bucket or the folder does not exist (%s)".formatted(failure.getMessage())
        : String.valueOf(failure.getMessage()).lines().findFirst().orElse(failure.toString());
  }
}
