package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.pipeline.EventSource;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.LakeTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Counts every landed offset again, in the events tables and the dead letters themselves. */
final class Recount {
  private Recount() {}

  /**
   * What the ledger says that the tables do not. Topics of dimensions are left out: their rows
   * replace each other.
   *
   * @param ledger one span per topic-partition
   */
  static List<String> problems(SparkSession spark, PipelineTables tables, List<LedgerSpan> ledger) {
    Map<String, Row> counted = new HashMap<>();
    for (Row row : offsets(spark, tables).collectAsList()) {
      counted.put(row.getString(0) + "-" + row.getInt(1), row);
    }
    List<String> topics = tables.pipeline().events().stream().map(EventSource::topic).toList();
    List<String> problems = new ArrayList<>();
    for (LedgerSpan span : ledger) {
      if (topics.contains(span.topic())) {
        String place = span.topic() + "-" + span.partition();
        check(span, place, counted.remove(place), problems);
      }
    }
    counted.keySet().stream()
        .filter(place -> topics.contains(place.substring(0, place.lastIndexOf('-'))))
        .forEach(place -> problems.add(place + ": there are rows, but nothing in the ledger"));
    return problems;
  }

  private static void check(LedgerSpan span, String place, Row row, List<String> problems) {
    long events = row == null ? 0 : row.getLong(2);
    long deadLetters = row == null ? 0 : row.getLong(3);
    if (events != span.events() || deadLetters != span.deadLetters()) {
      problems.add(
          "%s: the ledger has %d events and %d dead letters, the tables %d and %d"
              .formatted(place, span.events(), span.deadLetters(), events, deadLetters));
    }
    if (row != null && row.getLong(4) != events + deadLetters) {
      problems.add(
          "%s: %d rows are of %d offsets, so some landed twice"
              .formatted(place, events + deadLetters, row.getLong(4)));
    }
    if (row != null && (row.getLong(5) < span.from() || row.getLong(6) >= span.until())) {
      problems.add(
          "%s: rows are of offsets %d to %d, the ledger has [%d, %d)"
              .formatted(place, row.getLong(5), row.getLong(6), span.from(), span.until()));
    }
  }

  private static Dataset<Row> offsets(SparkSession spark, PipelineTables tables) {
    Dataset<Row> landed =
        tables
            .operations()
            .deadLetters()
            .read(spark)
            .where(col("pipeline").equalTo(tables.pipeline().name()))
            .select(col("topic"), col("partition"), col("offset"), lit(0L), lit(1L));
    for (LakeTable events : tables.events().values()) {
      landed =
          landed.union(
              events
                  .read(spark)
                  .select(
                      col(EventColumns.TOPIC),
                      col(EventColumns.PARTITION),
                      col(EventColumns.OFFSET),
                      lit(1L),
                      lit(0L)));
    }
    return landed
        .toDF("topic", "partition", "offset", "events", "dead_letters")
        .groupBy("topic", "partition", "offset")
        .agg(sum("events").as("events"), sum("dead_letters").as("dead_letters"))
        .groupBy("topic", "partition")
        .agg(sum("events"), sum("dead_letters"), count(lit(1)), min("offset"), max("offset"));
  }
}
