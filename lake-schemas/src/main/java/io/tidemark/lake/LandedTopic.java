package io.tidemark.lake;

import io.tidemark.pipeline.Environment;
import io.tidemark.table.CheckpointFiles;
import io.tidemark.table.LakeSession;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/** Which topic a table is landed from: its id stands beside the offsets of the landing. */
public final class LandedTopic {
  /** In the checkpoint, beside Spark's files. */
  public static final String FILE = "topic-id";

  private LandedTopic() {}

  /** What the query that lands a table is called in the ledger. */
  public static String query(String pipeline, String table) {
    return "%s.land.%s".formatted(pipeline, table);
  }

  /** Empty if nothing was landed, or if it is not known of which topic. */
  public static Optional<String> id(
      Environment environment, Configuration hadoop, String pipeline, String table) {
    CheckpointFiles files =
        new CheckpointFiles(LakeSession.path(environment.checkpoints()), hadoop)
            .at("%s/land/%s".formatted(pipeline, table));
    return files.has(FILE)
        ? Optional.of(files.text(FILE).strip()).filter(id -> !id.isEmpty())
        : Optional.empty();
  }
}
