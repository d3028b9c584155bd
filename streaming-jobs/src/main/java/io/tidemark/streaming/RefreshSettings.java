package io.tidemark.streaming;

import io.tidemark.pipeline.Pipeline;
import java.util.HashMap;
import java.util.Map;

/** What a refresh asks of Spark. */
final class RefreshSettings {
  private static final String ROCKSDB =
      "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider";
  private static final String MEMORY =
      "org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider";

  private RefreshSettings() {}

  /** Spark properties; those of the environment win. */
  static Map<String, String> of(Pipeline.Refresh refresh, Map<String, String> environment) {
    Map<String, String> settings = new HashMap<>();
    settings.put("spark.sql.shuffle.partitions", Integer.toString(refresh.shufflePartitions()));
    settings.put(
        "spark.sql.streaming.stateStore.providerClass",
        switch (refresh.stateStore()) {
          case ROCKSDB -> ROCKSDB;
          case MEMORY -> MEMORY;
        });
    // A batch without data would only move the watermark, which WatermarkFilter knows without it.
    settings.put("spark.sql.streaming.noDataMicroBatches.enabled", "false");
    // The version before the last is for a batch that failed, which may as well read its file.
    settings.put("spark.sql.streaming.maxBatchesToRetainInMemory", "1");
    settings.put("spark.sql.streaming.stateStore.rocksdb.changelogCheckpointing.enabled", "true");
    settings.put("spark.sql.streaming.stateStore.rocksdb.trackTotalNumberOfRows", "false");
    // To plan again between two stages pays for large ones. Those of a batch are small, and its
    // merge knows how many rows it has.
    settings.put("spark.sql.adaptive.enabled", "false");
    // Of each plan Spark's pages get a text, whether anybody looks or not; the long form of it
    // takes a fifth of the time that a small batch's thread has.
    settings.put("spark.sql.ui.explainMode", "simple");
    settings.putAll(environment);
    return settings;
  }
}
