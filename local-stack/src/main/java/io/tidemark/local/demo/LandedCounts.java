package io.tidemark.local.demo;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.pipeline.EventSource;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.LakeTable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What landed in a demo, counted in the lake's tables.
 *
 * @param landed rows of events tables
 * @param deadLetters by reason
 * @param duplicates landed deliveries beyond the first of their event
 */
record LandedCounts(
    long landed, Map<String, Long> deadLetters, long duplicates, boolean isLedgerBalanced) {

  static LandedCounts of(SparkSession spark, PipelineTables tables) {
    long landed = 0;
    long duplicates = 0;
    for (LakeTable events : tables.events().values()) {
      Row counts =
          events.read(spark).agg(count(lit(1)), count_distinct(col(EventColumns.EVENT_ID))).first();
      landed += counts.getLong(0);
      duplicates += counts.getLong(0) - counts.getLong(1);
    }
    return new LandedCounts(
        landed, deadLetters(spark, tables), duplicates, isBalanced(spark, tables, landed));
  }

  private static Map<String, Long> deadLetters(SparkSession spark, PipelineTables tables) {
    Map<String, Long> byReason = new LinkedHashMap<>();
    tables
        .operations()
        .deadLetters()
        .read(spark)
        .groupBy("reason")
        .count()
        .orderBy("reason")
        .collectAsList()
        .forEach(row -> byReason.put(row.getString(0), row.getLong(1)));
    return byReason;
  }

  /** The ledger adds up, and to what a recount of the events tables says. */
  private static boolean isBalanced(SparkSession spark, PipelineTables tables, long landed) {
    Set<String> topics =
        tables.pipeline().events().stream().map(EventSource::topic).collect(Collectors.toSet());
    var balance = tables.operations().ledger().balance(spark, tables.pipeline().name());
    long recorded =
        balance.totals().stream()
            .filter(total -> topics.contains(total.topic()))
            .mapToLong(LedgerSpan::events)
            .sum();
    return balance.isBalanced() && recorded == landed;
  }
}
