package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.DATE;
import static io.tidemark.schema.EventColumns.LANDED_BATCH;
import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.PARTITION;
import static io.tidemark.schema.EventColumns.SCHEMA_ID;
import static io.tidemark.schema.EventColumns.TOPIC;
import static java.util.stream.Collectors.toSet;
import static org.apache.spark.sql.functions.col;

import io.tidemark.schema.DecodeRecord;
import io.tidemark.schema.LandedSchemas;
import io.tidemark.schema.RecordFormat;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/** An events table: every good record is appended, once per offset. */
public record EventsTable(LakeTable table, RecordFormat format) implements LandingTable {

  @Override
  public EventsTable at(Instant clock) {
    return new EventsTable(table, format.at(clock));
  }

  @Override
  public EventsTable after(LandedSchemas earlier) {
    return new EventsTable(table, format.after(earlier));
  }

  @Override
  public Landed write(Dataset<Row> records, int tasks, Commit commit, DeadLetters deadLetters) {
    SparkSession spark = records.sparkSession();
    Outcomes outcomes = Outcomes.register(spark.sparkContext());
    RDD<InternalRow> events = DecodedEvents.of(records, tasks, format, commit.batch(), outcomes);
    if (table.append(spark, events, commit)) {
      Verdicts verdicts = outcomes.value();
      return landed(
          verdicts.good(),
          deadLetters.append(records, tasks, verdicts, commit),
          verdicts.schemaIds(),
          verdicts.dates());
    }
    // An earlier try has written what was good then; a schema may have been registered since.
    Dataset<Row> decoded = DecodeRecord.decode(records.coalesce(tasks), format);
    Dataset<Row> landed = landed(decoded, commit);
    deadLetters.append(
        decoded.join(landed, sameOffset(decoded, landed), "left_anti"), commit, commit);
    return landed(
        Outcomes.byPartition(landed.groupBy(TOPIC, PARTITION).count().collectAsList()),
        deadLetters.written(spark, commit),
        schemaIds(spark, commit),
        dates(spark, commit));
  }

  private static Landed landed(
      Map<TopicPartition, Long> events,
      Map<TopicPartition, Long> deadLetters,
      Set<Integer> schemaIds,
      Set<LocalDate> dates) {
    return new Landed(Outcomes.counts(events, deadLetters), OptionalLong.empty(), schemaIds, dates);
  }

  private Dataset<Row> landed(Dataset<Row> decoded, Commit commit) {
    return landed(decoded.sparkSession(), commit).select(TOPIC, PARTITION, OFFSET);
  }

  private Dataset<Row> landed(SparkSession spark, Commit commit) {
    return table.read(spark).where(col(LANDED_BATCH).equalTo(commit.batch()));
  }

  private Set<Integer> schemaIds(SparkSession spark, Commit commit) {
    return landed(spark, commit).select(SCHEMA_ID).distinct().collectAsList().stream()
        .map(row -> row.getInt(0))
        .collect(toSet());
  }

  private Set<LocalDate> dates(SparkSession spark, Commit commit) {
    return landed(spark, commit).select(DATE).distinct().collectAsList().stream()
        .map(row -> row.getDate(0).toLocalDate())
        .collect(toSet());
  }

  private static Column sameOffset(Dataset<Row> decoded, Dataset<Row> landed) {
    return decoded
        .col("topic")
        .equalTo(landed.col(TOPIC))
        .and(decoded.col("partition").equalTo(landed.col(PARTITION)))
        .and(decoded.col("offset").equalTo(landed.col(OFFSET)));
  }
}
