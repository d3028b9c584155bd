package io.tidemark.lake;

import io.tidemark.pipeline.Environment;
import io.tidemark.table.session.LakeSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Which Kafka cluster a lake is of. Its id stands beside the checkpoints, since their offsets mean
 * other records on another cluster; a lake that does not know it yet learns it at its first use.
 *
 * @param file that holds the id
 */
public record LakeCluster(Path file, Configuration hadoop) {
  private static final String FILE = "cluster-id";

  public static LakeCluster of(Environment environment, Configuration hadoop) {
    return new LakeCluster(new Path(LakeSession.path(environment.checkpoints()), FILE), hadoop);
  }

  /**
   * @param brokers that were asked, for the message
   * @param id of their cluster
   * @throws IllegalStateException if the lake is of another one
   */
  public void require(String brokers, String id) {
    Optional<String> known = known();
    known
        .flatMap(of -> mismatch(brokers, id))
        .ifPresent(
            message -> {
              throw new IllegalStateException(message);
            });
    if (known.isEmpty()) {
      keep(id);
    }
  }

  /** Why the cluster is not the lake's, empty if it is or the lake does not know its own yet. */
  public Optional<String> mismatch(String brokers, String id) {
    return known()
        .filter(known -> !known.equals(id))
        .map(
            known ->
                "Cannot use Kafka at %s for this lake: it is cluster %s, and the lake is of cluster %s (%s). Name the right brokers in the environment file (of a local lake: ./tidemark down, then ./tidemark up). If this cluster has the same topics with the same records at the same offsets, delete that file."
                    .formatted(brokers, id, known, file));
  }

  private Optional<String> known() {
    try {
      if (!file.getFileSystem(hadoop).exists(file)) {
        return Optional.empty();
      }
      try (InputStream in = file.getFileSystem(hadoop).open(file)) {
        String id = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        return Optional.of(id).filter(known -> !known.isEmpty());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private void keep(String id) {
    try (OutputStream out = file.getFileSystem(hadoop).create(file)) {
      out.write(id.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }
}
