package io.tidemark.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sum;

import io.tidemark.ops.Operations;
import io.tidemark.output.Json;
import io.tidemark.output.TextTable;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableFormat;
import io.tidemark.table.session.Lake;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The pipelines of a lake, by its operational tables: their files need not be at hand. */
record LakePipelines(List<OfPipeline> pipelines) {
  LakePipelines {
    pipelines = List.copyOf(pipelines);
  }

  /**
   * One of them. What never happened is null.
   *
   * @param landedAt when it landed last
   * @param views how many were refreshed
   * @param refreshedAt when one of them was refreshed last
   * @param tidemark the last date that is final in every view
   */
  record OfPipeline(
      String pipeline,
      long events,
      long deadLetters,
      Instant landedAt,
      long views,
      Instant refreshedAt,
      LocalDate tidemark) {}

  static LakePipelines of(SparkSession spark) {
    Map<String, Row> refreshes =
        byPipeline(spark, Operations.REFRESHES, count_distinct(col("view")), max("refreshed_at"));
    Map<String, Row> tidemarks =
        byPipeline(
            spark, Operations.TIDEMARKS, min("tidemark"), count_if(col("tidemark").isNull()));
    return new LakePipelines(
        byPipeline(spark, Operations.LEDGER, sum("events"), sum("dead_letters"), max("landed_at"))
            .values()
            .stream()
            .map(
                landed ->
                    of(
                        landed,
                        Optional.ofNullable(refreshes.get(landed.getString(0))),
                        Optional.ofNullable(tidemarks.get(landed.getString(0)))))
            .sorted((one, other) -> one.pipeline().compareTo(other.pipeline()))
            .toList());
  }

  private static OfPipeline of(Row landed, Optional<Row> refreshes, Optional<Row> tidemarks) {
    return new OfPipeline(
        landed.getString(0),
        landed.getLong(1),
        landed.getLong(2),
        landed.getTimestamp(3).toInstant(),
        refreshes.map(row -> row.getLong(1)).orElse(0L),
        refreshes.map(row -> row.getTimestamp(2)).map(Timestamp::toInstant).orElse(null),
        tidemarks
            .filter(row -> row.getLong(2) == 0)
            .map(row -> row.getDate(1).toLocalDate())
            .orElse(null));
  }

  /** What they are called. */
  static Set<String> names(SparkSession spark) {
    return find(spark, Operations.LEDGER)
        .map(
            ledger ->
                ledger
                    .few(spark)
                    .orElseGet(
                        () -> ledger.read(spark).select("pipeline").distinct().collectAsList()))
        .orElse(List.of())
        .stream()
        .map(row -> row.<String>getAs("pipeline"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Of a table that is not there, none. */
  private static Map<String, Row> byPipeline(
      SparkSession spark, Operations table, Column first, Column... others) {
    return find(spark, table)
        .map(found -> found.read(spark).groupBy("pipeline").agg(first, others).collectAsList())
        .orElse(List.of())
        .stream()
        .collect(Collectors.toMap(row -> row.getString(0), Function.identity()));
  }

  private static Optional<LakeTable> find(SparkSession spark, Operations table) {
    Lake lake = Lake.of(spark);
    return Arrays.stream(TableFormat.values())
        .map(format -> lake.find(table.table(format)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** For machines. */
  String json() {
    return Json.write(this);
  }

  /** For people. */
  String text(Instant now) {
    TextTable table =
        new TextTable(
            "pipeline", "events", "dead letters", "landed", "views", "refreshed", "tidemark");
    for (OfPipeline pipeline : pipelines) {
      table.row(
          pipeline.pipeline(),
          pipeline.events(),
          pipeline.deadLetters(),
          StatusText.ago(pipeline.landedAt(), now),
          pipeline.views(),
          StatusText.ago(pipeline.refreshedAt(), now),
          pipeline.tidemark());
    }
    return pipelines.isEmpty() ? "Nothing has landed in this lake yet." : table.toString();
  }
}
