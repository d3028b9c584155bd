package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;

/**
 * The ledger added up: a total per topic-partition, and what does not add up.
 *
 * @param totals one span per topic-partition, from the first offset landed to the last
 * @param problems what does not balance, in words: at most {@link #TOLD}, and that there are more
 */
public record LedgerBalance(List<LedgerSpan> totals, List<String> problems) {
  static final int TOLD = 100;

  private static final Column OFFSETS = col("until_offset").minus(col("from_offset"));
  private static final Column ACCOUNTED =
      col("events").plus(col("dead_letters")).plus(col("missing"));
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
    problems = List.copyOf(problems);
  }

  /**
   * @param ledger spans in the columns of {@code ops.ledger}
   */
  static LedgerBalance of(Dataset<Row> ledger) {
    return new LedgerBalance(totals(ledger), problems(ledger));
  }

  public boolean isBalanced() {
    return problems.isEmpty();
  }

  private static List<LedgerSpan> totals(Dataset<Row> ledger) {
    return ledger
        .groupBy("topic", "partition")
        .agg(
            min("from_offset"),
            max("until_offset"),
            sum("events"),
            sum("dead_letters"),
            sum("missing"))
        .orderBy("topic", "partition")
        .collectAsList()
        .stream()
        .map(LedgerBalance::span)
        .toList();
  }

  private static List<String> problems(Dataset<Row> ledger) {
    List<Row> rows =
        ledger
            .withColumn("reached", REACHED)
            .where(not(ADDS_UP).or(col("reached").notEqual(col("from_offset"))))
            .orderBy("topic", "partition", "from_offset", "until_offset")
            .select(
                "topic",
                "partition",
                "from_offset",
                "until_offset",
                "events",
                "dead_letters",
                "missing",
                "reached")
            .takeAsList(TOLD + 1);
    List<String> problems = new ArrayList<>();
    for (Row row : rows) {
      LedgerSpan span = span(row);
      if (!span.balances()) {
        problems.add(unaccounted(span));
      }
      if (!row.isNullAt(7) && row.getLong(7) != span.from()) {
        problems.add(gap(span, row.getLong(7)));
      }
    }
    if (problems.size() <= TOLD) {
      return problems;
    }
    List<String> told = new ArrayList<>(problems.subList(0, TOLD));
    told.add("and more: ops.ledger has all of it");
    return told;
  }

  private static String unaccounted(LedgerSpan span) {
    return "%s-%d [%d, %d): %d events, %d dead letters and %d missing are not %d offsets"
        .formatted(
            span.topic(),
            span.partition(),
            span.from(),
            span.until(),
            span.events(),
            span.deadLetters(),
            span.missing(),
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
        row.getLong(6));
  }
}
