package io.tidemark.reconcile;

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
      String query = new LandingQuery(pipeline, source.name()).stream();
      LakeTable table = tables.dimensions().get(source.name());
      if (source.topic().isPresent()
          && !isLanding(spark, table, tables.operations().ledger(), query)) {
        String topic = source.topic().get();
        List<LedgerSpan> spans = ledger.stream().filter(s -> s.topic().equals(topic)).toList();
        check(spark, table, spans, told.get(query), problems);
      }
    }
    return problems;
  }

  /** The table is written before the ledger. */
  private static boolean isLanding(
      SparkSession spark, LakeTable table, Ledger ledger, String query) {
    OptionalLong written = table.lastBatch(query);
    return written.isPresent() && written.getAsLong() > ledger.lastBatch(spark, query).orElse(-1);
  }

  /**
   * @param told rows by the ledger; null if its batches are older than that column
   */
  private static void check(
      SparkSession spark,
      LakeTable table,
      List<LedgerSpan> spans,
      Long told,
      List<String> problems) {
    Row found = table.read(spark).agg(count(lit(1)), max(col(EventColumns.OFFSET))).head();
    long rows = found.getLong(0);
    long good = spans.stream().mapToLong(LedgerSpan::events).sum();
    if (told != null && told != rows) {
      problems.add(
          "%s: the ledger has %d rows after its last batch, the table %d"
              .formatted(table.name(), told, rows));
    } else if (told == null && rows == 0 && good > 0) {
      problems.add(
          "%s: the ledger has %d records that became rows, the table has none"
              .formatted(table.name(), good));
    }
    long until = spans.stream().mapToLong(LedgerSpan::until).max().orElse(0);
    if (!found.isNullAt(1) && found.getLong(1) >= until) {
      problems.add(
          "%s: a row is of offset %d, the ledger ends at %d"
              .formatted(table.name(), found.getLong(1), until));
    }
  }
}
