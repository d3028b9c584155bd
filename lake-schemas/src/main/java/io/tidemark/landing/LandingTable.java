package io.tidemark.landing;

import io.tidemark.table.Commit;
import java.time.Instant;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where the good records of a topic land. */
public sealed interface LandingTable permits EventsTable, DimensionTable {

  /** The same, for records that were read when the landing's clock said so. */
  LandingTable at(Instant clock);

  /**
   * Writes the good ones of a batch of Kafka's records, unless an earlier try of it has.
   *
   * @param tasks that may write, at most: each leaves a file per date
   */
  Landed write(Dataset<Row> records, int tasks, Commit commit);

  /**
   * What was good and what was not.
   *
   * @param counts records of each topic-partition
   * @param refused the records that the table did not take, as {@link
   *     io.tidemark.schema.DecodeRecord} has them; not yet evaluated
   */
  record Landed(Map<TopicPartition, Outcomes.Count> counts, Dataset<Row> refused) {
    long deadLetters() {
      return counts.values().stream().mapToLong(Outcomes.Count::deadLetters).sum();
    }
  }
}
