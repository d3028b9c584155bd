package io.tidemark.landing;

import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.Commit;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Lands a batch of Kafka records: good ones in their table, the others in the dead letters, and
 * what became of every offset in the ledger.
 *
 * <p>A crash may fall between any two of the three writes. Each happens once per commit, and what
 * the first one took decides the others: a batch that is tried again writes exactly what is
 * missing. A table whose rows cannot tell what it took writes the dead letters before its rows.
 */
public final class Landing {
  /**
   * Every task writes a file per date, so a topic of many partitions would leave many small files.
   * So many records are landed in less than a second.
   */
  public static final int RECORDS_PER_TASK = 100_000;

  /** A task reads its topic-partitions one after the other, each by a Kafka client of its own. */
  public static final int PARTITIONS_PER_TASK = 50;

  private final LandingQuery query;
  private final LandingTable table;
  private final OperationTables operations;
  private final SchemaMemory schemas;
  private final Clock clock;
  private final Consumer<Set<LocalDate>> landedOn;

  /** No landing of before has this number, or a higher one; unknown until the first one here. */
  private OptionalLong next = OptionalLong.empty();

  /**
   * @param query that lands, and others in the same table
   * @param landedOn is told of which dates each batch of events was, once it is in the ledger
   */
  public Landing(
      LandingQuery query,
      LandingTable table,
      OperationTables operations,
      SchemaMemory schemas,
      Clock clock,
      Consumer<Set<LocalDate>> landedOn) {
    this.landedOn = landedOn;
    this.query = query;
    this.table = table;
    this.operations = operations;
    this.schemas = schemas;
    this.clock = clock;
  }

  /** Lands one batch that was read just now. */
  public LandedBatch land(Dataset<Row> records, List<PlannedSpan> planned, Commit commit) {
    return land(records, planned, commit, clock.instant(), Map::of);
  }

  /**
   * Lands one batch.
   *
   * @param records Kafka's columns: key, value, topic, partition, offset, timestamp; evaluated
   *     once, and once more if there are dead letters
   * @param planned the offsets that the batch was to read
   * @param readAt when the batch was cut, which a retry does not change: nothing in it arrived
   *     later. Times are judged by it, or by the clock here if that is behind
   * @param beginnings where topic-partitions begin of which offsets are gone that the batch was to
   *     read; asked once the records are read
   * @return what became of them
   */
  public LandedBatch land(
      Dataset<Row> records,
      List<PlannedSpan> planned,
      Commit commit,
      Instant readAt,
      Supplier<Map<TopicPartition, Long>> beginnings) {
    Instant now = clock.instant();
    Instant judgedAt = readAt.isBefore(now) ? readAt : now;
    DeadLetters deadLetters = new DeadLetters(operations.deadLetters(), query.pipeline(), now);
    // The table first, whose rows tell a retry which records are left for the dead letters; the
    // ledger last, which says what both have.
    LandingTable.Taken taken = writeGood(records, planned, commit, judgedAt, deadLetters);
    Map<TopicPartition, Long> refused = taken.refused().writeTo(deadLetters);
    schemas.remember(taken.schemaIds(), SchemaRegistry.at(table.format().registry()));
    List<LedgerSpan> spans =
        settled(planned, Outcomes.counts(taken.good(), refused), beginnings.get());
    writeLedger(records.sparkSession(), spans, taken, now, commit);
    landedOn.accept(taken.dates());
    return new LandedBatch(taken.number().orElse(commit.batch()), spans);
  }

  private LandingTable.Taken writeGood(
      Dataset<Row> records,
      List<PlannedSpan> planned,
      Commit commit,
      Instant judgedAt,
      DeadLetters deadLetters) {
    return table
        .at(judgedAt)
        .after(schemas.known())
        .from(next(records.sparkSession()))
        .write(records, tasks(planned), commit, deadLetters);
  }

  /** A table that was rolled back has forgotten numbers that views have read. */
  private long next(SparkSession spark) {
    if (next.isEmpty()) {
      next = OptionalLong.of(operations.ledger().lastNumber(spark, query.all()).orElse(-1) + 1);
    }
    return next.getAsLong();
  }

  /** In how many tasks a batch is read. */
  static int tasks(List<PlannedSpan> planned) {
    long records = planned.stream().mapToLong(span -> span.until() - span.from()).sum();
    long partitions = planned.stream().filter(span -> span.until() > span.from()).count();
    long tasks = (records + RECORDS_PER_TASK - 1) / RECORDS_PER_TASK;
    long least = (partitions + PARTITIONS_PER_TASK - 1) / PARTITIONS_PER_TASK;
    return (int) Math.max(1, Math.max(least, Math.min(tasks, partitions)));
  }

  private static List<LedgerSpan> settled(
      List<PlannedSpan> planned,
      Map<TopicPartition, Outcomes.Count> counts,
      Map<TopicPartition, Long> beginnings) {
    return planned.stream()
        .map(span -> span.settle(counts, beginnings.getOrDefault(span.topicPartition(), 0L)))
        .toList();
  }

  private void writeLedger(
      SparkSession spark,
      List<LedgerSpan> spans,
      LandingTable.Taken taken,
      Instant now,
      Commit commit) {
    taken.number().ifPresent(number -> next = OptionalLong.of(number + 1));
    operations
        .ledger()
        .append(spark, query.pipeline(), spans, taken.number(), taken.rows(), now, commit);
  }
}
