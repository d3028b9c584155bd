package io.tidemark.table.delta;

import io.tidemark.table.StreamCheckpoint;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.streaming.DataStreamReader;

/** Every row that was appended to a Delta table, as a stream, in the columns that it has. */
record DeltaStream(SparkSession spark, DeltaLog log, String path) {

  Dataset<Row> rows() {
    return rows(history().hasFirstCommit());
  }

  /** For a query with a checkpoint. */
  Dataset<Row> rows(Path checkpoint) {
    // Where a checkpoint goes on is in it already.
    boolean isNew = !new StreamCheckpoint(checkpoint, spark).hasBegun();
    return rows(isNew ? history().isWhole() : history().hasFirstCommit());
  }

  /** Why a query cannot go on from its checkpoint, if it cannot. */
  Optional<String> gap(Path checkpoint) {
    StreamCheckpoint read = new StreamCheckpoint(checkpoint, spark);
    return history()
        .gap(read.offset().map(offset -> offset.path("reservoirVersion").asLong()))
        .filter(why -> read.hasBegun());
  }

  private DeltaHistory history() {
    return new DeltaHistory(spark, log);
  }

  private Dataset<Row> rows(boolean fromFirstCommit) {
    DataStreamReader reader = spark.readStream().format("delta");
    if (fromFirstCommit) {
      // In the order of commits. Without it the first batch is the files that happen to be live.
      reader = reader.option("startingVersion", 0);
    }
    return reader
        .option("skipChangeCommits", true)
        // The rows of one commit must not be split between two batches.
        .option("maxFilesPerTrigger", Integer.MAX_VALUE)
        .load(path);
  }
}
