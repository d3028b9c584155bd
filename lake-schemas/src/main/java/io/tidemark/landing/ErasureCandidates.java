package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.DATE;
import static io.tidemark.schema.EventColumns.EVENT_TIME;
import static io.tidemark.schema.EventColumns.LANDED_BATCH;
import static io.tidemark.schema.EventColumns.LANDED_BY;
import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.PARTITION;
import static io.tidemark.schema.EventColumns.RESCUED;
import static io.tidemark.schema.EventColumns.SCHEMA_ID;
import static io.tidemark.schema.EventColumns.TIMESTAMP;
import static io.tidemark.schema.EventColumns.TOPIC;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import io.tidemark.ops.Erased;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.DecodeRecord;
import io.tidemark.schema.KafkaColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.table.LakeTable;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;

/** The places of the events and dead letters that match a condition. */
final class ErasureCandidates implements AutoCloseable {
  private static final String MATCHES = "matches";
  private static final String SETTLED = "settled";

  private final Dataset<Row> all;

  private ErasureCandidates(Dataset<Row> all) {
    this.all = all;
  }

  /**
   * @param format how records are read, whatever they say
   * @param condition on the columns of the events table
   * @param topic limits it to this topic
   */
  static ErasureCandidates of(
      SparkSession spark,
      LandingQuery query,
      LakeTable events,
      RecordFormat format,
      OperationTables operations,
      Column condition,
      Optional<String> topic) {
    SettledEvents settled =
        new SettledEvents(spark, operations.ledger().balance(spark, query.pipeline()));
    long through = operations.ledger().lastBatch(spark, query.stream()).orElse(-1);
    Dataset<Row> waiting =
        operations
            .deadLetters()
            .read(spark)
            .where(col("query").equalTo(query.stream()).and(col("replayed_at").isNull()));
    Dataset<Row> all =
        events(events.read(spark).where(condition), query, settled)
            .unionByName(deadLetters(waiting, format, condition, through));
    return new ErasureCandidates(
        all.where(topic.map(name -> col("topic").equalTo(name)).orElse(lit(true)))
            .persist(StorageLevel.MEMORY_AND_DISK()));
  }

  private static Dataset<Row> events(
      Dataset<Row> matching, LandingQuery query, SettledEvents settled) {
    Column isReached = coalesce(col("offset").lt(col("until")), lit(false));
    Dataset<Row> places =
        matching.select(
            lit(Erased.EVENT).as("was"),
            col(TOPIC).as("topic"),
            col(PARTITION).as("partition"),
            col(OFFSET).as("offset"),
            col(LANDED_BATCH).as("landed_batch"),
            col(DATE).as("date"),
            settled.isSettled(query).as("is_event"));
    return settled
        .reached(places)
        .withColumn(SETTLED, isReached.and(col("is_event")))
        .withColumn(MATCHES, lit(true))
        .drop("until", "is_event");
  }

  /** Those that cannot be read have a null for whether they match. */
  private static Dataset<Row> deadLetters(
      Dataset<Row> waiting, RecordFormat format, Column condition, long through) {
    Dataset<Row> records =
        waiting.select(
            col("value"),
            col("topic"),
            col("partition"),
            col("offset"),
            col("batch"),
            coalesce(col("timestamp"), lit(0).cast("timestamp")).as("timestamp"),
            KafkaColumns.timestampType(col("timestamp_type")));
    return DecodeRecord.decode(records, format)
        .select(
            col("decoded.record.*"),
            col("decoded.record").isNotNull().as("_readable"),
            col("topic").as(TOPIC),
            col("partition").as(PARTITION),
            col("offset").as(OFFSET),
            col("timestamp").as(TIMESTAMP),
            col("batch").as(LANDED_BATCH),
            col("decoded.schema_id").as(SCHEMA_ID),
            col("decoded.rescued").as(RESCUED),
            lit(null).cast("string").as(LANDED_BY))
        .withColumn(DATE, col(EVENT_TIME).cast("date"))
        .select(
            lit(Erased.DEAD_LETTER).as("was"),
            col(TOPIC).as("topic"),
            col(PARTITION).as("partition"),
            col(OFFSET).as("offset"),
            col(LANDED_BATCH).as("landed_batch"),
            lit(null).cast("date").as("date"),
            col(LANDED_BATCH).leq(through).as(SETTLED),
            when(col("_readable"), coalesce(condition, lit(false))).as(MATCHES))
        .where(coalesce(col(MATCHES), lit(true)));
  }

  /** What can be erased now, in the columns that {@link Erased#record} takes. */
  Dataset<Row> places() {
    return all.where(col(MATCHES).and(col(SETTLED))).drop(MATCHES, SETTLED);
  }

  ErasedRecords counted() {
    SortedSet<LocalDate> dates = new TreeSet<>();
    long events = 0;
    long deadLetters = 0;
    long unreadable = 0;
    long landing = 0;
    for (Row row :
        all.groupBy("was", "date", MATCHES, SETTLED).agg(count(lit(1))).collectAsList()) {
      long rows = row.getLong(4);
      if (row.isNullAt(2)) {
        unreadable += rows;
      } else if (!row.getBoolean(3)) {
        landing += rows;
      } else if (row.getString(0).equals(Erased.EVENT)) {
        events += rows;
        dates.add(row.<Date>getAs("date").toLocalDate());
      } else {
        deadLetters += rows;
      }
    }
    return new ErasedRecords(events, dates, deadLetters, unreadable, landing, 0);
  }

  @Override
  public void close() {
    all.unpersist();
  }
}
