package io.tidemark.lake;

import io.tidemark.pipeline.Environment;
import io.tidemark.table.CheckpointFiles;
import io.tidemark.table.session.LakeSession;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;

/** Which topic a table is landed from: its id stands beside the offsets of the landing. */
public final class LandedTopic {
  /** In the checkpoint, beside Spark's files. */
  public static final String FILE = "topic-id";

  /** The line with the offsets, in a file of Spark's that plans a batch. */
  private static final int OFFSETS = 2;

  private LandedTopic() {}

  /** Empty if nothing was landed, or if it is not known of which topic. */
  public static Optional<String> id(
      Environment environment, Configuration hadoop, String pipeline, String table) {
    CheckpointFiles files = checkpoint(environment, hadoop, pipeline, table);
    return files.has(FILE)
        ? Optional.of(files.text(FILE).strip()).filter(id -> !id.isEmpty())
        : Optional.empty();
  }

  /** The name of the topic that the last batch was planned from; empty before the first batch. */
  static Optional<String> name(
      Environment environment, Configuration hadoop, String pipeline, String table) {
    CheckpointFiles files = checkpoint(environment, hadoop, pipeline, table);
    OptionalLong last = files.numbers("offsets").max();
    return last.isEmpty()
        ? Optional.empty()
        : files
            .text("offsets/" + last.getAsLong())
            .lines()
            .skip(OFFSETS)
            .findFirst()
            .map(offsets -> files.json(offsets).fieldNames())
            .filter(Iterator::hasNext)
            .map(Iterator::next);
  }

  /** Of the query that lands a table. */
  public static CheckpointFiles checkpoint(
      Environment environment, Configuration hadoop, String pipeline, String table) {
    return new CheckpointFiles(LakeSession.path(environment.checkpoints()), hadoop)
        .at("%s/land/%s".formatted(pipeline, table));
  }
}
