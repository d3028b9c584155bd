package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.RESCUED;
import static io.tidemark.schema.EventColumns.TIMESTAMP;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

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

/** A dimension that comes from its own topic: the last record of a key is its row. */
public record DimensionTable(LakeTable table, RecordFormat format, List<String> key)
    implements LandingTable {
  public DimensionTable {
    key = List.copyOf(key);
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
        .add(RESCUED, DataTypes.StringType, true);
  }

  @Override
  public Landed write(Dataset<Row> records, int tasks, Commit commit) {
    Dataset<Row> decoded = DecodeRecord.decode(records.coalesce(tasks), format);
    Column[] keys = key.stream().map(name -> col("row." + name)).toArray(Column[]::new);
    Dataset<Row> last =
        decoded
            .where(col("decoded.reason").isNull())
            .select(
                struct(
                        col("decoded.record.*"),
                        col("offset").as(OFFSET),
                        col("timestamp").as(TIMESTAMP),
                        col("decoded.rescued").as(RESCUED))
                    .as("row"),
                struct(col("timestamp"), col("partition"), col("offset")).as("delivered"))
            .groupBy(keys)
            .agg(max_by(col("row"), col("delivered")).as("last"))
            .select("last.*");
    table.upsert(last, key, commit);
    // Rows of a dimension replace each other, so only decoding again can tell what became of every
    // record.
    return new Landed(
        Outcomes.counts(
            decoded
                .groupBy("topic", "partition")
                .agg(
                    count_if(col("decoded.reason").isNull()),
                    count_if(col("decoded.reason").isNotNull()))
                .collectAsList()),
        decoded.where(col("decoded.reason").isNotNull()));
  }
}
