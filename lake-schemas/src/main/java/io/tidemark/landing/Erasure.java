package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.DATE;
import static io.tidemark.schema.EventColumns.LANDED_BATCH;
import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.PARTITION;
import static io.tidemark.schema.EventColumns.TOPIC;
import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.ops.Erased;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.RecordFormat;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Erases events and their dead letters. Streams may land beside it.
 *
 * <p>An erasure is three writes: it records the places, deletes the events, then deletes the dead
 * letters. The ledger balances after each of them, and the next run makes those that a killed run
 * left out.
 */
public final class Erasure {
  private static final List<String> EVENT = List.of(TOPIC, PARTITION, OFFSET, LANDED_BATCH, DATE);
  private static final List<String> DEAD_LETTER =
      List.of("query", "batch", "topic", "partition", "offset");
  private static final String ANY = "true";

  private final SparkSession spark;
  private final LandingQuery query;
  private final LakeTable events;
  private final RecordFormat format;
  private final OperationTables operations;

  /**
   * @param table that the events are in
   * @param schemas of the query that streams into it
   */
  public Erasure(
      SparkSession spark,
      LandingQuery query,
      EventsTable table,
      OperationTables operations,
      SchemaMemory schemas) {
    this.spark = spark;
    this.query = query;
    this.events = table.table();
    this.format = table.format().patient(Duration.ZERO).after(schemas.known()).uncritical();
    this.operations = operations;
  }

  /**
   * Erases everything that matches a condition.
   *
   * @param condition on the columns of the events table
   * @param topic limits it to this topic
   */
  public ErasedRecords erase(Column condition, Optional<String> topic, Erased.By by) {
    long finished = finish();
    while (true) {
      try (ErasureCandidates candidates = candidates(condition, topic)) {
        ErasedRecords found = candidates.counted().plusFinished(finished);
        if (found.events() + found.deadLetters() == 0) {
          return found;
        }
        Commit next = new Commit(query.forget(), last().orElse(-1) + 1);
        boolean isRecorded =
            operations
                .erased()
                .record(candidates.places(), query.pipeline(), events.name(), by, next);
        finish();
        if (isRecorded) {
          return found;
        }
        // Another run has taken the number, and may have erased the same.
      }
    }
  }

  /** What {@link #erase} would do, without doing it. */
  public ErasedRecords tried(Column condition, Optional<String> topic) {
    try (ErasureCandidates candidates = candidates(condition, topic)) {
      return candidates.counted();
    }
  }

  private ErasureCandidates candidates(Column condition, Optional<String> topic) {
    return ErasureCandidates.of(spark, query, events, format, operations, condition, topic);
  }

  private OptionalLong last() {
    return operations.erased().last(spark, query.pipeline(), events.name());
  }

  /**
   * Erases what is recorded and still there.
   *
   * @return how many events and dead letters those are
   */
  public long finish() {
    OptionalLong last = last();
    if (last.isEmpty()) {
      return 0;
    }
    Dataset<Row> recorded =
        operations.erased().of(spark, query.pipeline(), events.name()).orElseThrow();
    Commit commit = new Commit(query.forget(), last.getAsLong());
    return eraseEvents(recorded, commit) + eraseDeadLetters(recorded, commit);
  }

  private static Dataset<Row> since(Dataset<Row> recorded, LakeTable table, Commit commit) {
    return recorded.where(
        col("number")
            .gt(table.lastBatch(commit.query()).orElse(-1))
            .and(col("number").leq(commit.batch())));
  }

  private long eraseEvents(Dataset<Row> recorded, Commit commit) {
    Dataset<Row> keys =
        since(recorded, events, commit)
            .where(col("was").equalTo(Erased.EVENT))
            .select(
                col("topic").as(TOPIC),
                col("partition").as(PARTITION),
                col("offset").as(OFFSET),
                col("landed_batch").as(LANDED_BATCH),
                col("date").as(DATE))
            .distinct()
            .localCheckpoint(true);
    return erase(events, keys, EVENT, onTheirDates(keys), commit);
  }

  /** Limits the erasure to these dates: others are not read, and compacting them is no conflict. */
  private static String onTheirDates(Dataset<Row> keys) {
    return keys.select(DATE).distinct().collectAsList().stream()
        .map(row -> "DATE'%s'".formatted(row.getDate(0).toLocalDate()))
        .sorted()
        .collect(joining(", ", "present.`%s` IN (".formatted(DATE), ")"));
  }

  /** Also the dead letters that were replayed as one of the events. */
  private long eraseDeadLetters(Dataset<Row> recorded, Commit commit) {
    LakeTable table = operations.deadLetters();
    Dataset<Row> deadLetters =
        table.read(spark).where(col("query").equalTo(query.stream())).as("letter");
    Dataset<Row> places = since(recorded, table, commit).as("place");
    Column isThere =
        Stream.of("topic", "partition", "offset")
            .map(name -> col("letter." + name).equalTo(col("place." + name)))
            .reduce(lit(true), Column::and);
    Column isMeant =
        col("letter.replayed_at")
            .isNotNull()
            .and(col("place.was").equalTo(Erased.EVENT))
            .or(
                col("letter.replayed_at")
                    .isNull()
                    .and(col("place.was").equalTo(Erased.DEAD_LETTER))
                    .and(col("letter.batch").equalTo(col("place.landed_batch"))));
    Dataset<Row> keys =
        deadLetters
            .join(places, isThere.and(isMeant), "left_semi")
            .select(DEAD_LETTER.stream().map(functions::col).toArray(Column[]::new))
            .distinct()
            .localCheckpoint(true);
    return erase(table, keys, DEAD_LETTER, ANY, commit);
  }

  private long erase(
      LakeTable table, Dataset<Row> recorded, List<String> key, String only, Commit commit) {
    if (recorded.isEmpty()) {
      return 0;
    }
    Column[] columns = key.stream().map(functions::col).toArray(Column[]::new);
    Dataset<Row> keys =
        recorded
            .join(
                table.read(spark).as("present").where(only).select(columns),
                key.toArray(String[]::new),
                "left_semi")
            .localCheckpoint(true);
    long rows = keys.count();
    return rows > 0 && table.erase(keys, key, only, commit) ? rows : 0;
  }
}
