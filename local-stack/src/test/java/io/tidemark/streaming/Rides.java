package io.tidemark.streaming;

import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.PipelineTables.ViewTable;
import io.tidemark.landing.EventsTable;
import io.tidemark.landing.Landing;
import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.SchemaMemory;
import io.tidemark.landing.TopicPartition;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.Operations;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.reconcile.ReconcileJob;
import io.tidemark.report.StatusReport;
import io.tidemark.report.ViewStatus;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.CheckpointFiles;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.table.session.Lake;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;

/**
 * A pipeline of one view, rides by hour and station, whose records a test makes, with every clock
 * in its hands: landed, refreshed and reconciled by the real jobs.
 */
final class Rides {
  private static final String SCHEMA =
      """
      {"type": "record", "name": "Ride", "fields": [
        {"name": "event_id", "type": "string"},
        {"name": "event_type", "type": "string", "default": "ride"},
        {"name": "event_version", "type": "int", "default": 1},
        {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "correlation_id", "type": ["null", "string"], "default": null},
        {"name": "causation_id", "type": ["null", "string"], "default": null},
        {"name": "tenant_id", "type": ["null", "string"], "default": null},
        {"name": "station", "type": "string"}]}
      """;
  private static final String PIPELINE =
      """
      name: rides
      history-from: 2024-05-01
      max-future: 1 day
      operations: {format: iceberg}
      refresh: {state-store: memory}
      events:
        - {name: rides, topic: rides, schema: ride.avsc, format: delta}
      views:
        - name: rides_by_hour
          format: iceberg
          sql: views/rides_by_hour.sql
          key: [window_start, station]
          lateness: 2 hours
      """;
  private static final String VIEW =
      """
      SELECT window.start AS window_start, station, count(*) AS rides
      FROM rides GROUP BY window(event_time, '1 hour'), station
      """;
  private static final StructType RECORDS =
      StructType.fromDDL(
          "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, micros BIGINT, timestampType INT");

  private final Path folder;
  private final SparkSession spark;
  private final Function<String, CheckpointFiles> checkpoints;
  private final CheckpointFiles landing;
  private final Pipeline pipeline;
  private final PipelineTables tables;
  private final Schema schema = new Schema.Parser().parse(SCHEMA);
  private final int schemaId;
  private final List<Row> delivered = new ArrayList<>();
  private long offset;
  private long landed;
  private long batch;

  Rides(Path folder, TestLake lake) throws IOException {
    this(folder, lake, PIPELINE);
  }

  /** With its events in one format, and all other tables in another. */
  Rides(Path folder, TestLake lake, TableFormat events, TableFormat others) throws IOException {
    this(
        folder,
        lake,
        PIPELINE
            .replaceAll("format: \\w+", "format: " + name(others))
            .replaceFirst("avsc, format: \\w+", "avsc, format: " + name(events)));
  }

  private static String name(TableFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  private Rides(Path folder, TestLake lake, String file) throws IOException {
    this.folder = folder;
    this.spark = lake.spark();
    this.checkpoints = lake::checkpoint;
    this.landing = lake.checkpoint("rides/land/rides");
    Files.createDirectories(folder.resolve("pipeline/views"));
    Files.writeString(folder.resolve("pipeline/ride.avsc"), SCHEMA);
    Files.writeString(folder.resolve("pipeline/pipeline.yaml"), file);
    Files.writeString(folder.resolve("pipeline/views/rides_by_hour.sql"), VIEW);
    this.pipeline = PipelineFile.read(folder.resolve("pipeline"));
    this.tables = PipelineTables.open(spark, pipeline);
    this.schemaId =
        SchemaRegistry.at(folder.resolve("registry").toUri()).register("rides-value", schema);
  }

  /**
   * One more record, in the batch that {@link #land} will land.
   *
   * @param millis event time
   * @param micros the record's timestamp
   * @param brokers whether the broker gave it
   */
  Rides send(String id, String station, long millis, long micros, boolean brokers)
      throws IOException {
    delivered.add(
        RowFactory.create(
            null, encoded(id, station, millis), "rides", 0, offset++, micros, brokers ? 1 : 0));
    return this;
  }

  /** One more record in it, which no schema reads. */
  Rides sendBroken(Instant at) {
    delivered.add(
        RowFactory.create(null, new byte[] {1}, "rides", 0, offset++, at.toEpochMilli() * 1000, 1));
    return this;
  }

  private byte[] encoded(String id, String station, long millis) throws IOException {
    GenericRecord ride = new GenericData.Record(schema);
    ride.put("event_id", id);
    ride.put("event_type", "ride");
    ride.put("event_version", 1);
    ride.put("event_time", millis);
    ride.put("station", station);
    var bytes = new ByteArrayOutputStream();
    bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(schemaId).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(schema).write(ride, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  LedgerSpan land(Instant now) {
    return land(now, dates -> {});
  }

  /**
   * @param landedOn is told the dates of what has landed
   */
  LedgerSpan land(Instant now, Consumer<Set<LocalDate>> landedOn) {
    RecordFormat format =
        RecordFormat.ofEvents(
            EventColumns.reader(pipeline.events().get(0).schema()),
            folder.resolve("registry").toUri(),
            pipeline.historyFrom(),
            pipeline.maxFuture());
    Dataset<Row> records =
        spark
            .createDataFrame(List.copyOf(delivered), RECORDS)
            .selectExpr(
                "key",
                "value",
                "topic",
                "partition",
                "offset",
                "timestamp_micros(micros) AS timestamp",
                "timestampType");
    delivered.clear();
    PlannedSpan planned = new PlannedSpan(new TopicPartition("rides", 0), landed, offset);
    landed = offset;
    return new Landing(
            new LandingQuery(pipeline.name(), "rides"),
            new EventsTable(tables.events().get("rides"), format),
            tables.operations(),
            SchemaMemory.in(landing),
            clock(now),
            landedOn)
        .land(records, List.of(planned), new Commit("rides.land.rides", batch++))
        .spans()
        .get(0);
  }

  void refresh(String checkpoint, Instant now) throws Exception {
    ViewTable view = tables.views().get("rides_by_hour");
    new RefreshJob(
            pipeline,
            view.view(),
            tables.events().get("rides"),
            Map.of(),
            view.table(),
            tables.operations(),
            () -> checkpoint(checkpoint),
            clock(now))
        .start(spark, Trigger.AvailableNow())
        .awaitTermination();
  }

  private Checkpoint checkpoint(String name) {
    CheckpointFiles files = checkpoints.apply(name);
    return new Checkpoint(files.root(), files.hadoop());
  }

  void reconcile(Instant now) {
    new ReconcileJob(spark, tables, clock(now)).allClosed();
  }

  ViewStatus status(Instant now) {
    return StatusReport.of(spark, tables, Optional.empty(), false, now).views().get(0);
  }

  /** The view's rows of a station, hour to count, up to a time. */
  Map<Instant, Long> shown(String station, Instant until) {
    return tables
        .views()
        .get("rides_by_hour")
        .table()
        .read(spark)
        .where("station = '%s'".formatted(station))
        .collectAsList()
        .stream()
        .filter(row -> row.getTimestamp(0).toInstant().isBefore(until))
        .collect(
            java.util.stream.Collectors.toMap(
                row -> row.getTimestamp(0).toInstant(), row -> row.getLong(2)));
  }

  /** What the lake says of its dates. */
  LakeTable dates() {
    return Lake.of(spark).find(Operations.DATES.table(pipeline.operations())).orElseThrow();
  }

  PipelineTables tables() {
    return tables;
  }

  private static Clock clock(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }
}
