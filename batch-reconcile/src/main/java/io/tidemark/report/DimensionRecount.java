package io.tidemark.report;

import static java.util.stream.Collectors.joining;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.tidemark.lake.PipelineTables;
import io.tidemark.landing.LandingQuery;
import io.tidemark.ops.Ledger;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.LakeTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Checks the dimensions that come from topics. Their rows replace each other, so the ledger says
 * how many there were after each batch.
 */
final class DimensionRecount {
  private DimensionRecount() {}

  /**
   * What the ledger says that the tables do not.
   *
   * @param ledger one span per topic-partition
   */
  static List<String> problems(SparkSession spark, PipelineTables tables, List<LedgerSpan> ledger) {
    String pipeline = tables.pipeline().name();
    Map<String, Long> told = tables.operations().ledger().tableRows(spark, pipeline);
    List<String> problems = new ArrayList<>();
    for (DimensionSource source : tables.pipeline().dimensions()) {
      LandingQuery query = new LandingQuery(pipeline, source.name());
      LakeTable table = tables.dimensions().get(source.name());
      if (source.topic().isPresent()
          && !isLanding(spark, table, tables.operations().ledger(), query)) {
        String topic = source.topic().get();
        List<LedgerSpan> spans = ledger.stream().filter(s -> s.topic().equals(topic)).toList();
        check(spark, table, spans, told(told, query), problems);
      }
    }
    return problems;
  }

  /** After the last batch of each query; which of them was the last of all, no clock can tell. */
  private static List<Long> told(Map<String, Long> told, LandingQuery query) {
    return query.all().stream().filter(told::containsKey).map(told::get).sorted().toList();
  }

  /** The table is written before the ledger. */
  private static boolean isLanding(
      SparkSession spark, LakeTable table, Ledger ledger, LandingQuery query) {
    return query.all().stream()
        .anyMatch(
            one -> {
              OptionalLong written = table.lastBatch(one);
              return written.isPresent()
                  && written.getAsLong() > ledger.lastBatch(spark, one).orElse(-1);
            });
  }

  /**
   * @param told rows by the ledger; none if its batches are older than that column
   */
  private static void check(
      SparkSession spark,
      LakeTable table,
      List<LedgerSpan> spans,
      List<Long> told,
      List<String> problems) {
    Row found = table.read(spark).agg(count(lit(1)), max(col(EventColumns.OFFSET))).head();
    long rows = found.getLong(0);
    long good = spans.stream().mapToLong(LedgerSpan::events).sum();
    if (!told.isEmpty() && !told.contains(rows)) {
      problems.add(
          "%s: the ledger has %s rows after its last batch, but the table has %d"
              .formatted(
                  table.name(),
                  told.stream().distinct().map(String::valueOf).collect(joining(" or ")),
                  rows));
    } else if (told.isEmpty() && rows == 0 && good > 0) {
      problems.add(
          "%s: the ledger has %d records that became rows, but the table is empty"
              .formatted(table.name(), good));
    }
    long until = spans.stream().mapToLong(LedgerSpan::until).max().orElse(0);
    if (!found.isNullAt(1) && found.getLong(1) >= until) {
      problems.add(
          "%s: a row has offset %d, but the ledger ends at %d"
              .formatted(table.name(), found.getLong(1), until));
    }
  }
}
