package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.LANDED_BATCH;
import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.PARTITION;
import static io.tidemark.schema.EventColumns.TOPIC;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.tidemark.schema.DecodeRecord;
import io.tidemark.schema.RecordFormat;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.time.Instant;
import java.util.Map;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/** An events table: every good record is appended, once per offset. */
public record EventsTable(LakeTable table, RecordFormat format) implements LandingTable {

  @Override
  public EventsTable at(Instant clock) {
    return new EventsTable(table, format.at(clock));
  }

  @Override
  public Landed write(Dataset<Row> records, int tasks, Commit commit) {
    Outcomes outcomes = Outcomes.register(records.sparkSession().sparkContext());
    RDD<InternalRow> events = DecodedEvents.of(records, tasks, format, commit.batch(), outcomes);
    boolean appended = table.append(records.sparkSession(), events, commit);
    Dataset<Row> decoded = DecodeRecord.decode(records.coalesce(tasks), format);
    if (appended) {
      return new Landed(outcomes.value(), decoded.where(col("decoded.reason").isNotNull()));
    }
    // An earlier try has written what was good then; a schema may have been registered since.
    Dataset<Row> landed = landed(decoded, commit);
    Dataset<Row> refused = decoded.join(landed, sameOffset(decoded, landed), "left_anti");
    return new Landed(recount(landed, refused), refused);
  }

  private static Map<TopicPartition, Outcomes.Count> recount(
      Dataset<Row> landed, Dataset<Row> refused) {
    Dataset<Row> both =
        landed
            .select(col(TOPIC), col(PARTITION), lit(1L), lit(0L))
            .union(refused.select(col("topic"), col("partition"), lit(0L), lit(1L)))
            .toDF("topic", "partition", "events", "dead_letters");
    return Outcomes.counts(
        both.groupBy("topic", "partition").agg(sum("events"), sum("dead_letters")).collectAsList());
  }

  private Dataset<Row> landed(Dataset<Row> decoded, Commit commit) {
    return table
        .read(decoded.sparkSession())
        .where(col(LANDED_BATCH).equalTo(commit.batch()))
        .select(TOPIC, PARTITION, OFFSET);
  }

  private static Column sameOffset(Dataset<Row> decoded, Dataset<Row> landed) {
    return decoded
        .col("topic")
        .equalTo(landed.col(TOPIC))
        .and(decoded.col("partition").equalTo(landed.col(PARTITION)))
        .and(decoded.col("offset").equalTo(landed.col(OFFSET)));
  }
}
