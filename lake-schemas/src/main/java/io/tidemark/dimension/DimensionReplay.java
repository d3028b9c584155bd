package io.tidemark.dimension;

import static java.util.stream.Collectors.toMap;
import static org.apache.spark.sql.functions.col;

import io.tidemark.landing.JudgedRecords;
import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.ReplayedRecords;
import io.tidemark.landing.SchemaMemory;
import io.tidemark.landing.TableReplay;
import io.tidemark.landing.WaitingDeadLetters;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.SchemaRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * Lands dead letters of a dimension that have become good: each once, however often this is run, by
 * several at a time, and wherever it was killed. The stream may land beside it.
 *
 * <p>A page is three writes: the rows, the marks on the dead letters, and the ledger. To deliver a
 * record again changes no row, so whoever comes after one that was killed before the marks does all
 * of it again; after the marks, only the ledger.
 */
public final class DimensionReplay implements TableReplay {
  private static final int RECORDS_PER_PAGE = 10_000;

  private final SparkSession spark;
  private final LandingQuery query;
  private final DimensionTable table;
  private final OperationTables operations;
  private final DimensionReplayBooks books;
  private final SchemaMemory schemas;
  private final String run;

  /**
   * @param table that the records are for
   * @param schemas of the query that streams into it
   * @param run of which {@code ops.runs} has a row in the end
   */
  public DimensionReplay(
      SparkSession spark,
      LandingQuery query,
      DimensionTable table,
      OperationTables operations,
      SchemaMemory schemas,
      Clock clock,
      String run) {
    this.spark = spark;
    this.query = query;
    this.table = table;
    this.operations = operations;
    this.books = new DimensionReplayBooks(spark, query, table.rows().table(), operations, clock);
    this.schemas = schemas;
    this.run = run;
  }

  @Override
  public ReplayedRecords replay(Column condition) {
    long recorded = books.record();
    WaitingDeadLetters waiting = waiting(condition);
    ReplayedRecords all = ReplayedRecords.none(waiting.ambiguous());
    while (true) {
      try (WaitingDeadLetters.Page page = waiting.next(RECORDS_PER_PAGE)) {
        if (page.isEmpty()) {
          // By their marks: another run may have been faster with some of them.
          return all.plus(records(books.marked(run), recorded));
        }
        try (JudgedRecords judged = judged(page)) {
          land(judged);
          all = all.plus(refused(judged));
        }
        waiting.pass(page);
      }
    }
  }

  @Override
  public ReplayedRecords tried(Column condition) {
    WaitingDeadLetters waiting = waiting(condition);
    ReplayedRecords all = ReplayedRecords.none(waiting.ambiguous());
    while (true) {
      try (WaitingDeadLetters.Page page = waiting.next(RECORDS_PER_PAGE)) {
        if (page.isEmpty()) {
          return all;
        }
        try (JudgedRecords judged = judged(page)) {
          all = all.plus(refused(judged)).plus(records(judged.taken().count(), 0));
        }
        waiting.pass(page);
      }
    }
  }

  private WaitingDeadLetters waiting(Column condition) {
    return WaitingDeadLetters.of(
        operations.deadLetters().read(spark), query.stream(), books.through(), condition);
  }

  /** Whoever replays has mended the registry; it is asked once, and not waited for. */
  private JudgedRecords judged(WaitingDeadLetters.Page page) {
    RecordFormat format = table.format().patient(Duration.ZERO).after(schemas.known());
    return JudgedRecords.of(page.records(), 1, format, DimensionTable.GOOD);
  }

  private void land(JudgedRecords judged) {
    if (judged.taken().isEmpty()) {
      return;
    }
    schemas.remember(
        DimensionTable.schemaIds(judged), SchemaRegistry.at(table.format().registry()));
    table.rows().deliver(DimensionTable.deliveries(judged.taken()), query.replay(), books.next());
    books.mark(judged.taken().select("topic", "partition", "offset"), run);
    books.record();
  }

  private static ReplayedRecords refused(JudgedRecords judged) {
    return new ReplayedRecords(
        0,
        judged.refused().groupBy(col("decoded.reason")).count().collectAsList().stream()
            .collect(
                toMap(row -> row.getString(0), row -> row.getLong(1), Long::sum, TreeMap::new)),
        0,
        new TreeSet<>(),
        0);
  }

  private static ReplayedRecords records(long landed, long recorded) {
    return new ReplayedRecords(landed, new TreeMap<>(), 0, new TreeSet<>(), recorded);
  }
}
