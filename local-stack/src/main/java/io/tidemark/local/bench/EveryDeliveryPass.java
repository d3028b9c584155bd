package io.tidemark.local.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.to_date;

import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.PipelineTables.ViewTable;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.schema.EventColumns;
import io.tidemark.streaming.Streams;
import io.tidemark.table.Commit;
import io.tidemark.table.session.LakeSession;
import java.util.List;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;

/**
 * A refresh that counts every delivery. The product has no such thing: this only tells what
 * deduplication costs.
 */
final class EveryDeliveryPass implements Pass {
  private final SparkSession spark;
  private final Environment environment;
  private final PipelineTables tables;
  private final ViewTable view;

  private EveryDeliveryPass(SparkSession spark, Environment environment, PipelineTables tables) {
    this.spark = spark;
    this.environment = environment;
    this.tables = tables;
    this.view = tables.views().values().iterator().next();
  }

  static Pass open(Environment environment, Pipeline pipeline) throws Exception {
    SparkSession spark = Streams.session(pipeline, environment);
    PipelineTables tables = PipelineTables.open(spark, pipeline);
    Streams streams = Streams.open(spark, pipeline, environment);
    streams.landDimensions();
    streams.landEvents();
    return new EveryDeliveryPass(spark, environment, tables);
  }

  @Override
  public void run() throws Exception {
    ViewDefinition definition = view.view().definition();
    tables.dimensions().forEach((name, table) -> table.read(spark).createOrReplaceTempView(name));
    tables.events().get(view.view().events()).stream(spark)
        .withWatermark(EventColumns.EVENT_TIME, definition.lateness().toSeconds() + " seconds")
        .createOrReplaceTempView(view.view().events());
    VoidFunction2<Dataset<Row>, Long> upsert = this::upsert;
    spark
        .sql(definition.sql())
        .withColumn(EventColumns.DATE, to_date(col("window_start")))
        .writeStream()
        .outputMode("update")
        .trigger(Trigger.AvailableNow())
        .option(
            "checkpointLocation", LakeSession.path(environment.checkpoints()) + "/every-delivery")
        .foreachBatch(upsert)
        .start()
        .awaitTermination();
  }

  private void upsert(Dataset<Row> rows, long batch) {
    rows.persist();
    try {
      view.table()
          .upsert(rows, view.view().definition().key(), new Commit("bench.every-delivery", batch));
    } finally {
      rows.unpersist();
    }
  }

  @Override
  public List<Totals> totals() {
    return List.of(Totals.ofView(view.table().read(spark)));
  }

  @Override
  public void close() {
    // The next pass goes on in this Spark.
  }
}
