package io.tidemark.local.bench;

import static org.apache.spark.sql.avro.functions.from_avro;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.to_date;

import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.TableFormat;
import io.tidemark.table.session.LakeSession;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.Trigger;

/** Landing as the documentation of Spark, Delta and Iceberg writes it, with their defaults. */
final class PlainSparkLanding implements Pass {
  private static final String TABLE = "lake.plain.purchases";

  private final SparkSession spark;
  private final Environment environment;
  private final EventSource source;
  private final TableFormat format;

  private PlainSparkLanding(
      SparkSession spark, Environment environment, EventSource source, TableFormat format) {
    this.spark = spark;
    this.environment = environment;
    this.source = source;
    this.format = format;
  }

  static Pass open(Environment environment, EventSource source, TableFormat format) {
    SparkSession spark =
        SparkSession.getDefaultSession()
            .map(SparkSession::newSession)
            .getOrElse(
                () ->
                    SparkSession.builder()
                        .appName("plain Spark")
                        .master("local[*]")
                        .config(
                            "spark.sql.extensions",
                            "io.delta.sql.DeltaSparkSessionExtension,"
                                + "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions")
                        .getOrCreate());
    spark
        .conf()
        .set("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    spark.conf().set("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog");
    spark
        .conf()
        .set(
            "spark.sql.catalog.lake.warehouse",
            LakeSession.path(environment.warehouse()).toString());
    environment
        .catalog()
        .forEach((key, value) -> spark.conf().set("spark.sql.catalog.lake." + key, value));
    SparkSession.setDefaultSession(spark);
    SparkSession.setActiveSession(spark);
    return new PlainSparkLanding(spark, environment, source, format);
  }

  @Override
  public void run() throws Exception {
    DataStreamWriter<Row> events =
        events()
            .writeStream()
            .format(format.name().toLowerCase(Locale.ROOT))
            .outputMode("append")
            .trigger(Trigger.AvailableNow())
            .option("checkpointLocation", LakeSession.path(environment.checkpoints()) + "/plain");
    switch (format) {
      case DELTA -> events.partitionBy("date").start(path()).awaitTermination();
      case ICEBERG -> {
        createTable();
        events.option("fanout-enabled", "true").toTable(TABLE).awaitTermination();
      }
    }
  }

  private Dataset<Row> events() {
    String schema = EventColumns.reader(source.schema()).toString();
    return spark
        .readStream()
        .format("kafka")
        .options(
            Map.of(
                "kafka.bootstrap.servers", environment.brokers(),
                "subscribe", source.topic(),
                "startingOffsets", "earliest"))
        .load()
        .select(from_avro(expr("substring(value, 6)"), schema).as("event"))
        .select("event.*")
        .withColumn("date", to_date(col("event_time")));
  }

  private void createTable() {
    spark.sql("CREATE NAMESPACE IF NOT EXISTS lake.plain");
    spark.sql(
        "CREATE TABLE %s (%s) USING iceberg PARTITIONED BY (date)"
            .formatted(TABLE, events().schema().toDDL()));
  }

  @Override
  public List<Totals> totals() {
    return List.of(
        Totals.ofEvents(
            switch (format) {
              case DELTA -> spark.read().format("delta").load(path());
              case ICEBERG -> spark.table(TABLE);
            }));
  }

  private String path() {
    return LakeSession.path(environment.warehouse()) + "/plain/purchases";
  }

  @Override
  public void close() {
    // The next pass goes on in this Spark.
  }
}
