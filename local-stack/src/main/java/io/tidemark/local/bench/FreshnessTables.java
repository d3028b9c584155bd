package io.tidemark.local.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.lake.PipelineTables;
import io.tidemark.local.bench.Freshness.Counted;
import io.tidemark.ops.Refreshes;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.schema.EventColumns;
import io.tidemark.streaming.Streams;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** What the tables of a lake say, once its stream has ended, of when events were where. */
record FreshnessTables(Environment environment, Pipeline pipeline) {

  FreshnessReport report(Pace pace, Counted counted, QueryNotes notes) throws IOException {
    try (SparkSession spark = Streams.session(pipeline, environment)) {
      PipelineTables tables = PipelineTables.open(spark, pipeline);
      String source = pipeline.events().get(0).name();
      Dataset<Row> landed = tables.events().get(source).read(spark);
      Dataset<Row> events = landed.where(isCounted(counted));
      List<ViewFreshness> views = new ArrayList<>();
      List<QueryBatches> queries = new ArrayList<>();
      queries.add(batches(ShopStream.landing(pipeline), notes, counted, sizes(events)));
      for (String view : tables.views().keySet()) {
        List<Row> arrivals =
            Arrivals.of(events, read(spark, tables.operations().refreshes(), view)).collectAsList();
        views.add(ViewFreshness.of(view, arrivals));
        queries.add(
            batches(
                ShopStream.refresh(pipeline, view), notes, counted, ViewFreshness.sizes(arrivals)));
      }
      int processors = Runtime.getRuntime().availableProcessors();
      double seconds = seconds(Duration.between(counted.from(), counted.until()));
      return new FreshnessReport(
          pace.rate(),
          seconds,
          processors,
          pace.events(),
          landed.count(),
          seconds(counted.cpu()),
          counted.load() * processors * seconds,
          views,
          queries);
    }
  }

  private static Column isCounted(Counted counted) {
    Column sentAt = col(EventColumns.TIMESTAMP);
    return sentAt.geq(lit(counted.from())).and(sentAt.lt(lit(counted.until())));
  }

  private Dataset<Row> read(SparkSession spark, Refreshes refreshes, String view) {
    return refreshes.lateAt(spark, pipeline.name(), view, 0, Long.MAX_VALUE);
  }

  /** How many events each landing had. */
  private static List<Long> sizes(Dataset<Row> events) {
    return events
        .groupBy(EventColumns.LANDED_BATCH)
        .agg(count(lit(1)).as("events"))
        .collectAsList()
        .stream()
        .map(row -> row.<Long>getAs("events"))
        .toList();
  }

  private static QueryBatches batches(
      String query, QueryNotes notes, Counted counted, Collection<Long> sizes) {
    return QueryBatches.of(query, notes.batches(query, counted.from(), counted.until()), sizes);
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
