package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.LANDED_BATCH;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;

import io.tidemark.ops.Erased;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.OutrunException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.storage.StorageLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lands dead letters of an events table that have become good: each once, however often this is
 * run, by several at a time, and wherever it was killed. Streams may land beside it.
 *
 * <p>A batch is three writes: the events, which say who landed them; the marks on their dead
 * letters; and the ledger. Whoever comes next makes those that a crash has kept from being made.
 * The batch's number is taken before its dead letters are chosen, so of two that have chosen the
 * same ones the second finds its number gone, and chooses again.
 */
public final class DeadLetterReplay implements TableReplay {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterReplay.class);

  /** Few enough that their events are written in a moment. */
  private static final int RECORDS_PER_BATCH = 10_000;

  /** As a power of two, how many numbers are left out after a loss, at most. */
  private static final int MOST_ROOM = 10;

  private static final int QUIET_LOSSES = 3;

  private final SparkSession spark;
  private final LandingQuery query;
  private final LakeTable events;
  private final ReplayBooks books;
  private final RecordFormat format;
  private final OperationTables operations;
  private final SchemaMemory schemas;
  private final Clock clock;
  private final String run;
  private final int recordsPerBatch;

  /** No landing has this number, or a higher one; unknown until the first batch. */
  private OptionalLong next = OptionalLong.empty();

  /**
   * @param table that the records are for
   * @param schemas of the query that streams into it
   * @param run of which {@code ops.runs} has a row in the end
   */
  public DeadLetterReplay(
      SparkSession spark,
      LandingQuery query,
      EventsTable table,
      OperationTables operations,
      SchemaMemory schemas,
      Clock clock,
      String run) {
    this(spark, query, table, operations, schemas, clock, run, RECORDS_PER_BATCH);
  }

  DeadLetterReplay(
      SparkSession spark,
      LandingQuery query,
      EventsTable table,
      OperationTables operations,
      SchemaMemory schemas,
      Clock clock,
      String run,
      int recordsPerBatch) {
    this.recordsPerBatch = recordsPerBatch;
    this.spark = spark;
    this.query = query;
    this.events = table.table();
    // Whoever replays has mended the registry; it is asked once, and not waited for.
    this.format = table.format().patient(Duration.ZERO);
    this.operations = operations;
    this.books = new ReplayBooks(spark, query, events, operations, clock);
    this.schemas = schemas;
    this.clock = clock;
    this.run = run;
  }

  @Override
  public ReplayedRecords replay(Column condition) {
    WaitingDeadLetters waiting = waiting(condition);
    ReplayedRecords all = ReplayedRecords.none(waiting.ambiguous());
    while (true) {
      Commit commit = books.next();
      all = all.plus(ReplayedRecords.recorded(books.finish()));
      try (WaitingDeadLetters.Page page = waiting.next(recordsPerBatch)) {
        if (page.isEmpty()) {
          return all;
        }
        Optional<ReplayedRecords> landed = land(page, commit);
        if (landed.isPresent()) {
          all = all.plus(landed.get());
          waiting.pass(page);
        }
      }
    }
  }

  @Override
  public ReplayedRecords tried(Column condition) {
    WaitingDeadLetters waiting = waiting(condition);
    ReplayedRecords all = ReplayedRecords.none(waiting.ambiguous());
    while (true) {
      try (WaitingDeadLetters.Page page = waiting.next(recordsPerBatch)) {
        if (page.isEmpty()) {
          return all;
        }
        Outcomes outcomes = Outcomes.register(spark.sparkContext());
        decoded(page, outcomes).count();
        all = all.plus(ReplayedRecords.of(outcomes.value()));
        waiting.pass(page);
      }
    }
  }

  private WaitingDeadLetters waiting(Column condition) {
    return WaitingDeadLetters.of(toBeKept(), query.stream(), books.through(), condition);
  }

  /**
   * All except those that are recorded to be erased: a killed run may not have deleted them yet.
   */
  private Dataset<Row> toBeKept() {
    Dataset<Row> all = operations.deadLetters().read(spark);
    return operations
        .erased()
        .of(spark, query.pipeline())
        .map(
            erased ->
                all.join(
                    erased
                        .where(col("was").equalTo(Erased.DEAD_LETTER))
                        .select(
                            col("topic"),
                            col("partition"),
                            col("offset"),
                            col("landed_batch").as("batch")),
                    new String[] {"topic", "partition", "offset", "batch"},
                    "left_anti"))
        .orElse(all);
  }

  /** Empty if others have landed meanwhile by this commit. */
  private Optional<ReplayedRecords> land(WaitingDeadLetters.Page page, Commit commit) {
    Outcomes outcomes = Outcomes.register(spark.sparkContext());
    RDD<InternalRow> decoded = decoded(page, outcomes).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      decoded.count();
      Verdicts verdicts = outcomes.value();
      ReplayedRecords found = ReplayedRecords.of(verdicts);
      if (found.landed() == 0) {
        return Optional.of(found);
      }
      schemas.remember(verdicts.schemaIds(), SchemaRegistry.at(format.registry()));
      if (!land(decoded, commit)) {
        LOG.info("Batch {} of {} is there already", commit.batch(), commit.query());
        return Optional.empty();
      }
      books.finish();
      return Optional.of(found);
    } finally {
      decoded.unpersist(false);
    }
  }

  private RDD<InternalRow> decoded(WaitingDeadLetters.Page page, Outcomes outcomes) {
    String landedBy = LandingQuery.landedBy(query.replay(), run);
    RecordFormat judging = format.at(clock.instant()).after(schemas.known());
    return DecodedEvents.of(page.records(), 1, judging, 0, landedBy, outcomes);
  }

  /**
   * With the number alone changed if another landing was faster: the stream's, which may be each
   * time. So it takes more room each time, since gaps between numbers do not matter.
   */
  private boolean land(RDD<InternalRow> decoded, Commit commit) {
    int column = format.eventColumns().fieldIndex(LANDED_BATCH);
    for (int losses = 0; ; losses++) {
      try {
        OptionalLong number =
            events.land(spark, next -> numbered(decoded, column, next), commit, next());
        number.ifPresent(landed -> next = OptionalLong.of(landed + 1));
        return number.isPresent();
      } catch (OutrunException outrun) {
        next = OptionalLong.of(outrun.last() + 1 + (1L << Math.min(losses, MOST_ROOM)));
        if (losses < QUIET_LOSSES) {
          LOG.info("{}. It takes a later number", outrun.getMessage());
        } else {
          LOG.warn("{}, {} times by now. It goes on", outrun.getMessage(), losses + 1);
        }
      }
    }
  }

  private static RDD<InternalRow> numbered(RDD<InternalRow> rows, int column, long number) {
    return rows.toJavaRDD()
        .map(
            row -> {
              InternalRow numbered = row.copy();
              numbered.update(column, number);
              return numbered;
            })
        .rdd();
  }

  /** Also above what a table holds that no landing has numbered: one of before, or rolled back. */
  private long next() {
    if (next.isEmpty()) {
      Row last = events.read(spark).agg(max(LANDED_BATCH)).head();
      next =
          OptionalLong.of(
              1
                  + Math.max(
                      operations.ledger().lastNumber(spark, query.all()).orElse(-1),
                      last.isNullAt(0) ? -1 : last.getLong(0)));
    }
    return next.getAsLong();
  }
}
