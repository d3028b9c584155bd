package io.tidemark.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import io.tidemark.lake.PipelineTables;
import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.SettledEvents;
import io.tidemark.ops.Erased;
import io.tidemark.ops.LedgerBalance;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.ReplayedSpan;
import io.tidemark.output.Progress;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.LakeTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Counts every landed offset again, in the events tables and the dead letters themselves. Rows of
 * offsets that the ledger has not reached are of a batch that is landing. A dead letter that has
 * become an event is an event once the ledger says so, and a dead letter until then. What was
 * erased counts as what it was.
 */
final class Recount {
  private static final StructType OFFSETS =
      StructType.fromDDL(
          "topic STRING, partition INT, offset BIGINT, events BIGINT, dead_letters BIGINT");

  private Recount() {}

  /**
   * What the ledger says that the tables do not.
   *
   * @param balance of what the ledger had before anything else is read
   */
  static List<String> problems(SparkSession spark, PipelineTables tables, LedgerBalance balance) {
    try (Progress progress = Progress.plan("recount", 2, "steps")) {
      progress.atNext("events and dead letters");
      List<String> problems = new ArrayList<>(ofRecords(spark, tables, balance));
      progress.step();
      progress.atNext("dimensions");
      problems.addAll(DimensionRecount.problems(spark, tables, balance.totals()));
      progress.step();
      return problems;
    }
  }

  private static List<String> ofRecords(
      SparkSession spark, PipelineTables tables, LedgerBalance balance) {
    List<LedgerSpan> ledger = balance.totals();
    Map<String, Row> counted = new HashMap<>();
    for (Row row : offsets(spark, tables, balance).collectAsList()) {
      counted.put(row.getString(0) + "-" + row.getInt(1), row);
    }
    Map<String, Long> replayed = new HashMap<>();
    for (ReplayedSpan span : balance.replayed()) {
      replayed.put(span.topic() + "-" + span.partition(), span.records());
    }
    Set<String> ofEvents = topics(spark, tables);
    List<String> problems = new ArrayList<>();
    Map<String, Long> marked = replayed.isEmpty() ? Map.of() : marked(spark, tables);
    replayed.forEach(
        (place, records) -> {
          // The ledger follows the marks.
          if (records < 0 || records > marked.getOrDefault(place, 0L)) {
            problems.add(
                "%s: the ledger has %d dead letters that became rows, and %d are marked as such"
                    .formatted(place, records, marked.getOrDefault(place, 0L)));
          }
        });
    for (LedgerSpan span : ledger) {
      String place = span.topic() + "-" + span.partition();
      check(
          span,
          place,
          ofEvents.contains(span.topic()),
          replayed.getOrDefault(place, 0L),
          counted.remove(place),
          problems);
    }
    counted
        .keySet()
        .forEach(
            place -> problems.add(place + ": the tables have rows, but the ledger has no entry"));
    return problems;
  }

  /** How many dead letters of dimensions say that they were replayed, by topic-partition. */
  private static Map<String, Long> marked(SparkSession spark, PipelineTables tables) {
    Column isOfDimension = lit(false);
    for (DimensionSource source : tables.pipeline().dimensions()) {
      String query = new LandingQuery(tables.pipeline().name(), source.name()).stream();
      isOfDimension = isOfDimension.or(col("query").equalTo(query));
    }
    Map<String, Long> marked = new HashMap<>();
    tables
        .operations()
        .deadLetters()
        .read(spark)
        .where(isOfDimension.and(col("replayed_at").isNotNull()))
        .groupBy("topic", "partition")
        .count()
        .collectAsList()
        .forEach(row -> marked.put(row.getString(0) + "-" + row.getInt(1), row.getLong(2)));
    return marked;
  }

  /** Those that events come from now, and those that they came from before. */
  private static Set<String> topics(SparkSession spark, PipelineTables tables) {
    Set<String> topics = new HashSet<>();
    for (EventSource source : tables.pipeline().events()) {
      topics.add(source.topic());
      topics.addAll(
          tables
              .operations()
              .ledger()
              .topics(spark, new LandingQuery(tables.pipeline().name(), source.name()).stream()));
    }
    return topics;
  }

  /**
   * @param keepsAll whether every good record is a row; those of a dimension replace each other
   * @param replayed dead letters that are rows of a dimension by the ledger
   */
  private static void check(
      LedgerSpan span,
      String place,
      boolean keepsAll,
      long replayed,
      Row row,
      List<String> problems) {
    long events = !keepsAll ? span.events() : row == null ? 0 : row.getLong(2);
    long rows = row == null ? 0 : row.getLong(3);
    long deadLetters = rows - replayed;
    if (events != span.events() || deadLetters != span.deadLetters()) {
      problems.add(
          "%s: the ledger has %d events and %d dead letters, but the tables have %d and %d"
              .formatted(place, span.events(), span.deadLetters(), events, deadLetters));
    }
    if (row != null && row.getLong(4) != row.getLong(2) + rows) {
      problems.add(
          "%s: %d rows for %d offsets, so some landed twice"
              .formatted(place, row.getLong(2) + rows, row.getLong(4)));
    }
    if (row != null && row.getLong(5) < span.from()) {
      problems.add(
          "%s: a row has offset %d, but the ledger begins at %d"
              .formatted(place, row.getLong(5), span.from()));
    }
  }

  private static Dataset<Row> offsets(
      SparkSession spark, PipelineTables tables, LedgerBalance balance) {
    SettledEvents settled = new SettledEvents(spark, balance);
    Column isEvent = lit(false);
    Dataset<Row> landed = spark.createDataFrame(List.of(), OFFSETS);
    for (EventSource source : tables.pipeline().events()) {
      LandingQuery query = new LandingQuery(tables.pipeline().name(), source.name());
      isEvent =
          isEvent.or(
              col("query")
                  .equalTo(query.stream())
                  .and(settled.isReplayed(query, "replayed_batch")));
      landed =
          landed.union(events(spark, tables.events().get(source.name()), settled.isSettled(query)));
    }
    landed =
        landed.union(
            tables
                .operations()
                .deadLetters()
                .read(spark)
                .where(col("pipeline").equalTo(tables.pipeline().name()).and(not(isEvent)))
                .select(col("topic"), col("partition"), col("offset"), lit(0L), lit(1L)));
    return settled
        .reached(withErased(landed, tables))
        .where(coalesce(col("offset").lt(col("until")), lit(true)))
        .groupBy("topic", "partition", "offset")
        .agg(sum("events").as("events"), sum("dead_letters").as("dead_letters"))
        .groupBy("topic", "partition")
        .agg(sum("events"), sum("dead_letters"), count(lit(1)), min("offset"));
  }

  private static Dataset<Row> events(SparkSession spark, LakeTable events, Column isSettled) {
    return events
        .read(spark)
        .where(isSettled)
        .select(
            col(EventColumns.TOPIC),
            col(EventColumns.PARTITION),
            col(EventColumns.OFFSET),
            lit(1L),
            lit(0L));
  }

  /**
   * With what is erased as what it was, unless it is there still. Read after the others: whatever
   * they lack was recorded before. An event that was a dead letter is one, also where that was
   * erased.
   */
  private static Dataset<Row> withErased(Dataset<Row> landed, PipelineTables tables) {
    SparkSession spark = landed.sparkSession();
    String[] place = {"topic", "partition", "offset"};
    return tables
        .operations()
        .erased()
        .of(spark, tables.pipeline().name())
        .map(
            erased ->
                landed.union(
                    erased
                        .groupBy("topic", "partition", "offset")
                        .agg(max(col("was").equalTo(Erased.EVENT)).as("is_event"))
                        .join(landed, place, "left_anti")
                        .select(
                            col("topic"),
                            col("partition"),
                            col("offset"),
                            col("is_event").cast("long"),
                            not(col("is_event")).cast("long"))))
        .orElse(landed);
  }
}
