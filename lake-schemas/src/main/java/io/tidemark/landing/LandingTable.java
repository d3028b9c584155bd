package io.tidemark.landing;

import io.tidemark.schema.LandedSchemas;
import io.tidemark.schema.RecordFormat;
import io.tidemark.table.Commit;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Where the good records of a topic land. */
public interface LandingTable {

  /** How its records are read. */
  RecordFormat format();

  /** The same, for records that were read when the landing's clock said so. */
  LandingTable at(Instant clock);

  /** The same, where earlier records have been landed by these schemas. */
  LandingTable after(LandedSchemas earlier);

  /** The same, where earlier landings have taken the numbers below this one. */
  LandingTable from(long number);

  /**
   * Writes the good ones of a batch of Kafka's records, unless an earlier try of it has.
   *
   * @param tasks that may write, at most: each leaves a file per date
   * @param deadLetters of the batch. Only a table whose rows cannot tell a retry which records they
   *     were made of writes them here, before its rows
   */
  Taken write(Dataset<Row> records, int tasks, Commit commit, DeadLetters deadLetters);

  /** The records of a batch that its table has not taken. */
  @FunctionalInterface
  interface Refused {
    /**
     * Writes them, unless they are there.
     *
     * @return how many of each topic-partition are there
     */
    Map<TopicPartition, Long> writeTo(DeadLetters deadLetters);
  }

  /**
   * What the table has of a batch.
   *
   * @param good records of each topic-partition
   * @param rows that the table has now, if they are not as many as the good records
   * @param schemaIds of the good records, as far as they are known
   * @param dates of the good records, if they are events
   * @param number of the landing, if they are events
   * @param refused the other records
   */
  record Taken(
      Map<TopicPartition, Long> good,
      OptionalLong rows,
      Set<Integer> schemaIds,
      Set<LocalDate> dates,
      OptionalLong number,
      Refused refused) {
    public Taken {
      good = Map.copyOf(good);
      schemaIds = Set.copyOf(schemaIds);
      dates = Set.copyOf(dates);
    }
  }
}
