package io.tidemark.dimension;

import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.PARTITION;
import static io.tidemark.schema.EventColumns.RESCUED;
import static io.tidemark.schema.EventColumns.TIMESTAMP;
import static java.util.stream.Collectors.toSet;
import static org.apache.spark.sql.functions.col;

import io.tidemark.landing.DeadLetters;
import io.tidemark.landing.JudgedRecords;
import io.tidemark.landing.LandingTable;
import io.tidemark.landing.Outcomes;
import io.tidemark.landing.TopicPartition;
import io.tidemark.schema.LandedSchemas;
import io.tidemark.schema.RecordFormat;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A dimension that comes from its own topic: the last record of a key is its row, and a record
 * without a value deletes the rows that came with its Kafka key.
 */
public record DimensionTable(DimensionRows rows, RecordFormat format) implements LandingTable {
  /** The key of the Kafka record that a row came with. */
  static final String KEY = "_key";

  /** A record that deletes: Kafka has its key, and null for its value. */
  private static final Column TOMBSTONE = col("value").isNull().and(col("key").isNotNull());

  public static final Column GOOD = TOMBSTONE.or(col("decoded.reason").isNull());

  public DimensionTable(LakeTable table, LakeTable shadow, RecordFormat format, List<String> key) {
    this(new DimensionRows(table, shadow, key), format);
  }

  /** No clock says anything of a dimension's rows. */
  @Override
  public DimensionTable at(Instant clock) {
    return this;
  }

  /** Its rows replace each other, and have no numbers. */
  @Override
  public DimensionTable from(long number) {
    return this;
  }

  @Override
  public DimensionTable after(LandedSchemas earlier) {
    return new DimensionTable(rows, format.after(earlier));
  }

  /** The columns of the table: the record's fields, then where they came from. */
  public static StructType columns(StructType fields) {
    return fields
        .add(OFFSET, DataTypes.LongType, true)
        .add(TIMESTAMP, DataTypes.TimestampType, true)
        .add(RESCUED, DataTypes.StringType, true)
        .add(PARTITION, DataTypes.IntegerType, true)
        .add(KEY, DataTypes.BinaryType, true);
  }

  /**
   * Dead letters first: rows replace each other, so a later try could not tell by them which
   * records they were made of.
   */
  @Override
  public Taken write(Dataset<Row> records, int tasks, Commit commit, DeadLetters deadLetters) {
    SparkSession spark = records.sparkSession();
    if (commit.isIn(rows.table().lastBatch(commit.query()))) {
      rows.settle(spark, commit.query());
      return writtenBefore(records, deadLetters.written(spark, commit));
    }
    try (JudgedRecords judged = JudgedRecords.of(records, tasks, format, GOOD)) {
      JudgedRecords left = deadLetters.refuse(judged, commit);
      rows.deliver(deliveries(left.taken()), commit);
      return taken(spark, left.counts(), deadLetters.written(spark, commit), schemaIds(left));
    }
  }

  static Dataset<Row> deliveries(Dataset<Row> taken) {
    return taken.select(
        col("decoded.record.*"),
        col("offset").as(OFFSET),
        col("timestamp").as(TIMESTAMP),
        col("decoded.rescued").as(RESCUED),
        col("partition").as(PARTITION),
        col("key").as(KEY),
        TOMBSTONE.as(DimensionRows.TOMBSTONE));
  }

  /** What an earlier try has not refused is in the rows that it wrote. */
  private Taken writtenBefore(Dataset<Row> records, Map<TopicPartition, Long> refused) {
    Map<TopicPartition, Long> taken =
        Outcomes.byPartition(records.groupBy("topic", "partition").count().collectAsList());
    refused.forEach((place, count) -> taken.merge(place, -count, Long::sum));
    return taken(records.sparkSession(), taken, refused, Set.of());
  }

  private Taken taken(
      SparkSession spark,
      Map<TopicPartition, Long> taken,
      Map<TopicPartition, Long> refused,
      Set<Integer> schemaIds) {
    return new Taken(
        taken,
        OptionalLong.of(rows.table().read(spark).count()),
        schemaIds,
        Set.of(),
        OptionalLong.empty(),
        written -> refused);
  }

  static Set<Integer> schemaIds(JudgedRecords judged) {
    Column id = col("decoded.schema_id");
    return judged.taken().where(id.isNotNull()).select(id).distinct().collectAsList().stream()
        .map(row -> row.getInt(0))
        .collect(toSet());
  }
}
