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
import io.tidemark.table.OutrunException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An events table: every good record is appended, once per offset.
 *
 * @param least below which no landing to come has its number
 */
public record EventsTable(LakeTable table, RecordFormat format, long least)
    implements LandingTable {
  private static final Logger LOG = LoggerFactory.getLogger(EventsTable.class);

  public EventsTable(LakeTable table, RecordFormat format) {
    this(table, format, 0);
  }

  @Override
  public EventsTable at(Instant clock) {
    return new EventsTable(table, format.at(clock), least);
  }

  @Override
  public EventsTable after(LandedSchemas earlier) {
    return new EventsTable(table, format.after(earlier), least);
  }

  @Override
  public EventsTable from(long number) {
    return new EventsTable(table, format, number);
  }

  @Override
  public Taken write(Dataset<Row> records, int tasks, Commit commit, DeadLetters deadLetters) {
    while (true) {
      try {
        return writeOnce(records, tasks, commit);
      } catch (OutrunException outrun) {
        LOG.info("{}. It takes the next number", outrun.getMessage());
      }
    }
  }

  /** Decodes them again, with each number: they are counted while they pass. */
  private Taken writeOnce(Dataset<Row> records, int tasks, Commit commit) {
    SparkSession spark = records.sparkSession();
    Outcomes outcomes = Outcomes.register(spark.sparkContext());
    OptionalLong number =
        table.land(
            spark,
            next -> DecodedEvents.of(records, tasks, format, next, null, outcomes),
            commit,
            Math.max(least, commit.batch()));
    if (number.isEmpty()) {
      return writtenBefore(records, tasks, commit);
    }
    Verdicts verdicts = outcomes.value();
    return new Taken(
        verdicts.good(),
        OptionalLong.empty(),
        verdicts.schemaIds(),
        verdicts.dates(),
        number,
        deadLetters -> deadLetters.append(records, tasks, verdicts, commit));
  }

  /**
   * An earlier try has written what was good then; a schema may have been registered since. Earlier
   * versions took the batch for the number.
   */
  private Taken writtenBefore(Dataset<Row> records, int tasks, Commit commit) {
    SparkSession spark = records.sparkSession();
    long last = table.lastBatch(commit.query()).orElse(commit.batch());
    if (last > commit.batch()) {
      throw new IllegalStateException(
          "Cannot land batch %d of %s: another process of this stream has gone on to batch %d. Stop one of the two."
              .formatted(commit.batch(), commit.query(), last));
    }
    long number = table.number(commit).orElse(commit.batch());
    Dataset<Row> landed = landed(spark, number);
    return new Taken(
        Outcomes.byPartition(landed.groupBy(TOPIC, PARTITION).count().collectAsList()),
        OptionalLong.empty(),
        schemaIds(landed),
        dates(landed),
        OptionalLong.of(number),
        deadLetters -> {
          deadLetters.append(others(records, tasks, landed), commit, commit);
          return deadLetters.written(spark, commit);
        });
  }

  private Dataset<Row> others(Dataset<Row> records, int tasks, Dataset<Row> landed) {
    Dataset<Row> decoded = DecodeRecord.decode(records.coalesce(tasks), format);
    Dataset<Row> offsets = landed.select(TOPIC, PARTITION, OFFSET);
    return decoded.join(offsets, sameOffset(decoded, offsets), "left_anti");
  }

  private Dataset<Row> landed(SparkSession spark, long number) {
    return table.read(spark).where(col(LANDED_BATCH).equalTo(number));
  }

  private static Set<Integer> schemaIds(Dataset<Row> landed) {
    return landed.select(SCHEMA_ID).distinct().collectAsList().stream()
        .map(row -> row.getInt(0))
        .collect(toSet());
  }

  private static Set<LocalDate> dates(Dataset<Row> landed) {
    return landed.select(DATE).distinct().collectAsList().stream()
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
