package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.PARTITION;
import static io.tidemark.schema.EventColumns.RESCUED;
import static io.tidemark.schema.EventColumns.TIMESTAMP;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.not;

import io.tidemark.schema.DecodeRecord;
import io.tidemark.schema.RecordFormat;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * A dimension that comes from its own topic: the last record of a key is its row, and a record
 * without a value deletes the rows that came with its Kafka key.
 */
public record DimensionTable(DimensionRows rows, RecordFormat format) implements LandingTable {
  /** The key of the Kafka record that a row came with. */
  static final String KEY = "_key";

  /** A record that deletes: Kafka has its key, and null for its value. */
  private static final Column TOMBSTONE = col("value").isNull().and(col("key").isNotNull());

  private static final Column GOOD = TOMBSTONE.or(col("decoded.reason").isNull());

  public DimensionTable(LakeTable table, LakeTable shadow, RecordFormat format, List<String> key) {
    this(new DimensionRows(table, shadow, key), format);
  }

  /** No clock says anything of a dimension's rows. */
  @Override
  public DimensionTable at(Instant clock) {
    return this;
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

  @Override
  public Landed write(Dataset<Row> records, int tasks, Commit commit) {
    Dataset<Row> decoded =
        DecodeRecord.decode(records.coalesce(tasks), format)
            .persist(StorageLevel.MEMORY_AND_DISK());
    rows.deliver(
        decoded
            .where(GOOD)
            .select(
                col("decoded.record.*"),
                col("offset").as(OFFSET),
                col("timestamp").as(TIMESTAMP),
                col("decoded.rescued").as(RESCUED),
                col("partition").as(PARTITION),
                col("key").as(KEY),
                TOMBSTONE.as(DimensionRows.TOMBSTONE)),
        commit);
    // Rows of a dimension replace each other, so the table cannot tell what became of every record.
    return new Landed(
        Outcomes.counts(
            decoded
                .groupBy("topic", "partition")
                .agg(count_if(GOOD), count_if(not(GOOD)))
                .collectAsList()),
        decoded.where(not(GOOD)));
  }
}
