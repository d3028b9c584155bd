package io.tidemark.landing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import io.tidemark.schema.DecodeRecord;
import io.tidemark.schema.RecordFormat;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Records with what {@link DecodeRecord} found of each. It is found once: if an executor takes it
 * along when it dies, the batch fails, rather than to find something else.
 *
 * @param good which of them the table takes
 */
public record JudgedRecords(Dataset<Row> records, Column good) implements AutoCloseable {

  /** Judges them all. */
  public static JudgedRecords of(
      Dataset<Row> records, int tasks, RecordFormat format, Column good) {
    Dataset<Row> patient = PatientRecords.of(records, tasks, format);
    return new JudgedRecords(DecodeRecord.decode(patient, format).localCheckpoint(true), good);
  }

  public Dataset<Row> taken() {
    return records.where(good);
  }

  public Dataset<Row> refused() {
    return records.where(not(good));
  }

  /** Taken ones of each topic-partition. */
  public Map<TopicPartition, Long> counts() {
    return Outcomes.byPartition(taken().groupBy("topic", "partition").count().collectAsList());
  }

  /**
   * Those of other offsets.
   *
   * @param others topic, partition, offset
   */
  JudgedRecords without(Dataset<Row> others) {
    Dataset<Row> other = others.toDF("other_topic", "other_partition", "other_offset");
    return new JudgedRecords(
        records.join(
            other,
            col("topic")
                .equalTo(col("other_topic"))
                .and(col("partition").equalTo(col("other_partition")))
                .and(col("offset").equalTo(col("other_offset"))),
            "left_anti"),
        good);
  }

  @Override
  public void close() {
    RawRows.of(records).unpersist(false);
  }
}
