package io.tidemark.ops;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * The ledger added up: a total per topic-partition, and what does not add up.
 *
 * @param totals one span per topic-partition, from offset 0 to the last that was landed
 * @param losses every span that is lost, ordered by topic, partition and offset
 * @param problems what does not balance, in words: at most {@link #TOLD}, and that there are more
 * @param replays under which numbers dead letters have landed, by the query that landed them
 * @param replayed how many have landed without a number, as rows that replace each other, a span
 *     per topic-partition
 */
public record LedgerBalance(
    List<LedgerSpan> totals,
    List<LostSpan> losses,
    List<String> problems,
    Map<String, Set<Long>> replays,
    List<ReplayedSpan> replayed) {
  static final int TOLD = 100;

  private static final Column OFFSETS = col("until_offset").minus(col("from_offset"));
  private static final Column LOST = coalesce(col("lost"), lit(0L));
  private static final Column ACCOUNTED =
      col("events").plus(col("dead_letters")).plus(col("missing")).plus(LOST);
  private static final Column ADDS_UP = OFFSETS.equalTo(ACCOUNTED);

  /** One past the last offset of all spans before; null for the first. */
  private static final Column REACHED =
      max("until_offset")
          .over(
              Window.partitionBy("topic", "partition")
                  .orderBy("from_offset", "until_offset")
                  .rowsBetween(Window.unboundedPreceding(), -1));

  public LedgerBalance {
    totals = List.copyOf(totals);
    losses = List.copyOf(losses);
    problems = List.copyOf(problems);
    replays = Map.copyOf(replays);
    replayed = List.copyOf(replayed);
  }

  /**
   * @param ledger spans in the columns of {@code ops.ledger}
   */
  static LedgerBalance of(Dataset<Row> ledger) {
    // A replay's row is of offsets that others are of already.
    Dataset<Row> spans = ledger.where(col("replayed").isNull());
    return new LedgerBalance(
        totals(ledger),
        losses(spans),
        problems(spans),
        replays(ledger),
        ReplayedSpan.totals(ledger.where(col("landed_batch").isNull())));
  }

  private static Map<String, Set<Long>> replays(Dataset<Row> ledger) {
    return ledger
        .where(col("replayed").isNotNull().and(col("landed_batch").isNotNull()))
        .select("query", "landed_batch")
        .distinct()
        .collectAsList()
        .stream()
        .collect(groupingBy(row -> row.getString(0), mapping(row -> row.getLong(1), toSet())));
  }

  public boolean isBalanced() {
    return problems.isEmpty();
  }

  /** What was there before the first landing is lost, too, which ledgers did not say once. */
  private static List<LedgerSpan> totals(Dataset<Row> ledger) {
    return ledger
        .groupBy("topic", "partition")
        .agg(
            lit(0L),
            max("until_offset"),
            sum("events"),
            sum("dead_letters"),
            sum("missing"),
            sum(LOST).plus(min("from_offset")))
        .orderBy("topic", "partition")
        .collectAsList()
        .stream()
        .map(LedgerBalance::span)
        .toList();
  }

  private static List<LostSpan> losses(Dataset<Row> ledger) {
    return ledger
        .withColumn("reached", REACHED)
        .where(LOST.gt(0).or(col("reached").isNull().and(col("from_offset").gt(0))))
        .orderBy("topic", "partition", "from_offset")
        .select(col("topic"), col("partition"), col("from_offset"), LOST, col("reached"))
        .collectAsList()
        .stream()
        .map(LedgerBalance::lost)
        .toList();
  }

  private static LostSpan lost(Row row) {
    boolean first = row.isNullAt(4);
    long from = row.getLong(2);
    return new LostSpan(
        row.getString(0), row.getInt(1), first ? 0 : from, from + row.getLong(3), first);
  }

  private static List<String> problems(Dataset<Row> ledger) {
    return told(
        ledger
            .withColumn("reached", REACHED)
            .where(not(ADDS_UP).or(col("reached").notEqual(col("from_offset"))))
            .orderBy("topic", "partition", "from_offset", "until_offset")
            .select(
                col("topic"),
                col("partition"),
                col("from_offset"),
                col("until_offset"),
                col("events"),
                col("dead_letters"),
                col("missing"),
                LOST,
                col("reached"))
            .takeAsList(TOLD + 1)
            .stream()
            .map(row -> new Reached(span(row), row.getAs(8)))
            .toList());
  }

  /**
   * A span that may not add up.
   *
   * @param reached one past the last offset of all spans before; null for the first
   */
  record Reached(LedgerSpan span, Long reached) {}

  /** What is wrong with the first of these spans, in words. */
  static List<String> told(List<Reached> doubtful) {
    List<String> problems = new ArrayList<>();
    for (Reached of : doubtful.subList(0, Math.min(doubtful.size(), TOLD + 1))) {
      LedgerSpan span = of.span();
      if (!span.balances()) {
        problems.add(unaccounted(span));
      }
      if (of.reached() != null && of.reached() != span.from()) {
        problems.add(gap(span, of.reached()));
      }
    }
    if (problems.size() <= TOLD) {
      return problems;
    }
    List<String> told = new ArrayList<>(problems.subList(0, TOLD));
    told.add("There are more: see ops.ledger.");
    return told;
  }

  private static String unaccounted(LedgerSpan span) {
    return "%s-%d [%d, %d): %d events, %d dead letters, %d missing and %d lost do not add up to %d offsets"
        .formatted(
            span.topic(),
            span.partition(),
            span.from(),
            span.until(),
            span.events(),
            span.deadLetters(),
            span.missing(),
            span.lost(),
            span.until() - span.from());
  }

  private static String gap(LedgerSpan span, long reached) {
    return "%s-%d: %s from offset %d to %d"
        .formatted(
            span.topic(),
            span.partition(),
            span.from() > reached ? "nothing is recorded" : "recorded twice",
            Math.min(reached, span.from()),
            Math.max(reached, span.from()));
  }

  private static LedgerSpan span(Row row) {
    return new LedgerSpan(
        row.getString(0),
        row.getInt(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7));
  }
}
