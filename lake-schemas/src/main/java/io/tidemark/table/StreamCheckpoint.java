package io.tidemark.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** How far a query over one table has read, as Spark keeps it. */
public final class StreamCheckpoint {
  /** A version line and a line of metadata stand before the offset of each source. */
  private static final int OFFSET = 2;

  private static final String INITIAL_OFFSET = "sources/0/offsets/0";

  private final CheckpointFiles files;

  public StreamCheckpoint(Path root, SparkSession spark) {
    files = new CheckpointFiles(root, spark.sessionState().newHadoopConf());
  }

  /** Whether Spark has planned a batch. */
  public boolean hasBegun() {
    return files.numbers("offsets").findAny().isPresent();
  }

  /** Where the last batch that is done has ended; empty if there is none. */
  public Optional<JsonNode> offset() {
    OptionalLong batch = lastDone();
    return batch.isPresent() ? Optional.of(offset(batch.getAsLong())) : Optional.empty();
  }

  /**
   * Where that batch began, which Spark looks at once more as it starts; empty if it is the first.
   */
  public Optional<JsonNode> offsetBefore() {
    OptionalLong batch = lastDone();
    return batch.isPresent() && files.has("offsets/" + (batch.getAsLong() - 1))
        ? Optional.of(offset(batch.getAsLong() - 1))
        : Optional.empty();
  }

  private OptionalLong lastDone() {
    return files.numbers("commits").max();
  }

  private JsonNode offset(long batch) {
    List<String> lines = files.text("offsets/" + batch).lines().toList();
    if (lines.size() != OFFSET + 1) {
      throw new IllegalStateException(
          "Cannot read batch %d from the checkpoint %s: its offsets have %d lines, and those of a query over one table have %d"
              .formatted(batch, files.root(), lines.size(), OFFSET + 1));
    }
    return files.json(lines.get(OFFSET));
  }

  /** Where batch 0 begins, as Iceberg keeps it. */
  public Optional<JsonNode> initialOffset() {
    return files.has(INITIAL_OFFSET)
        ? Optional.of(files.json(files.text(INITIAL_OFFSET)))
        : Optional.empty();
  }

  public void keepInitialOffset(JsonNode offset) {
    files.write(INITIAL_OFFSET, offset.toString());
  }
}
