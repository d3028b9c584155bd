package io.tidemark.local.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lake.LakeCheck;
import io.tidemark.lake.PipelineTables;
import io.tidemark.landing.EventsTable;
import io.tidemark.landing.LandedBatch;
import io.tidemark.landing.Landing;
import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.SchemaMemory;
import io.tidemark.landing.TopicPartition;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.Problems;
import io.tidemark.reconcile.ReconcileJob;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.streaming.Streams;
import io.tidemark.table.Commit;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.view.validation.ViewValidation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A pipeline of one topic and one view, whose schema changes, and a plain account of its events.
 */
final class EvolvingLake implements AutoCloseable {
  private static final LocalDate FIRST = LocalDate.parse("2024-05-01");
  private static final int DELIVERIES = 8;
  private static final StructType RECORDS =
      StructType.fromDDL(
          "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp"
              + " TIMESTAMP");
  private static final String ENVELOPE =
      """
      {"name": "event_id", "type": "string"}, {"name": "event_type", "type": "string"}, {"name": "event_version", "type": "int"},
      {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-micros"}},
      {"name": "correlation_id", "type": ["null", "string"], "default": null}, {"name": "causation_id", "type": ["null", "string"], "default": null},
      {"name": "tenant_id", "type": ["null", "string"], "default": null}, {"name": "shop", "type": "string"}\
      """;

  private final Path folder;
  private final TableFormat format;
  private final Random random;
  private final TestLake lake;
  private final Map<String, Told> told = new LinkedHashMap<>();
  private Shape.Fields fields;
  private int landed;

  /** An event, as it was told. */
  private record Told(Instant time, String shop, long amount, Object body) {}

  EvolvingLake(Path folder, TableFormat format, Random random) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.format = format;
    this.random = random;
    this.lake = TestLake.in(folder, Map.of("spark.sql.shuffle.partitions", "1"));
    Files.writeString(
        folder.resolve("environment.yaml"),
        """
        brokers: nowhere.invalid:9092
        registry: %1$s/registry
        warehouse: %1$s/warehouse
        checkpoints: %1$s/checkpoints
        """
            .formatted(folder));
  }

  /**
   * The pipeline as it is from now on.
   *
   * @param wide whether the amount is a long
   */
  void write(Shape.Fields body, boolean wide) throws IOException {
    this.fields = body;
    String format = this.format.name().toLowerCase(java.util.Locale.ROOT);
    Files.writeString(
        folder.resolve("ride.avsc"),
        "{\"type\": \"record\", \"name\": \"Ride\", \"fields\": [%s, {\"name\": \"amount\", \"type\": \"%s\"}, {\"name\": \"body\", \"type\": %s}]}"
            .formatted(ENVELOPE, wide ? "long" : "int", body.json("Body")));
    Files.writeString(
        folder.resolve("by_shop.sql"),
        """
        SELECT window.start AS window_start, shop, count(*) AS rides, max(amount) AS most
        FROM rides GROUP BY window(event_time, '1 hour'), shop\
        """);
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: rides
        history-from: 2024-05-01
        operations: {format: %1$s}
        refresh: {state-store: memory, shuffle-partitions: 1}
        events:
          - {name: rides, topic: rides, schema: ride.avsc, format: %1$s}
        views:
          - {name: by_shop, sql: by_shop.sql, key: [window_start, shop], lateness: 1 hour, format: %1$s}
        """
            .formatted(format));
  }

  /** As {@code validate --lake} finds them. */
  List<Problems.Problem> problems() {
    Problems problems = new Problems();
    ViewValidation.check(lake.spark(), pipeline(), problems);
    if (problems.isEmpty()) {
      LakeCheck.check(lake.spark(), pipeline(), problems);
      LakeCheck.checkTables(lake.spark(), pipeline(), problems);
    }
    return problems.list();
  }

  /** Lands, refreshes, reconciles, and compares what is read with what was told. */
  void run() throws Exception {
    SparkSession spark = lake.spark();
    Environment environment = EnvironmentFile.read(folder.resolve("environment.yaml"));
    PipelineTables tables = PipelineTables.open(spark, pipeline());
    land(tables, environment);
    try (Streams streams = Streams.open(spark, pipeline(), environment)) {
      streams.refresh();
    }
    assertThat(new ReconcileJob(spark, tables, Clock.systemUTC()).allClosed().exitCode()).isZero();
    assertEvents(tables);
    assertView(tables);
  }

  private Pipeline pipeline() {
    return PipelineFile.read(folder);
  }

  private void land(PipelineTables tables, Environment environment) throws IOException {
    Schema schema = EventColumns.reader(folder.resolve("ride.avsc"));
    int id = SchemaRegistry.at(environment.registry()).register("rides-value", schema);
    List<Row> records = new ArrayList<>();
    int first = told.size();
    for (int i = 0; i < DELIVERIES; i++) {
      // The last one closes the dates before it; many of the next batch are late for the stream.
      int day = i == DELIVERIES - 1 ? landed + 3 : landed + random.nextInt(2);
      Instant time =
          FIRST
              .plusDays(day)
              .atStartOfDay()
              .toInstant(ZoneOffset.UTC)
              .plusSeconds(random.nextInt(7_200));
      Told event =
          new Told(time, "s" + random.nextInt(2), random.nextInt(1_000), fields.value(random));
      String eventId = "e" + told.size();
      told.put(eventId, event);
      records.add(
          RowFactory.create(
              null,
              encoded(schema, id, eventId, event),
              "rides",
              0,
              (long) first + i,
              Timestamp.from(time)));
    }
    RecordFormat readBy =
        RecordFormat.ofEvents(
            schema, environment.registry(), pipeline().historyFrom(), pipeline().maxFuture());
    LandedBatch batch =
        new Landing(
                new LandingQuery("rides", "rides"),
                new EventsTable(tables.events().get("rides"), readBy),
                tables.operations(),
                SchemaMemory.in(lake.checkpoint("land")),
                Clock.systemUTC(),
                dates -> {})
            .land(
                lake.spark().createDataFrame(records, RECORDS),
                List.of(new PlannedSpan(new TopicPartition("rides", 0), first, first + DELIVERIES)),
                new Commit("rides.land.rides", landed++));
    assertThat(batch.spans()).allSatisfy(span -> assertThat(span.deadLetters()).isZero());
  }

  private static byte[] encoded(Schema schema, int id, String eventId, Told event)
      throws IOException {
    GenericRecord record = new GenericData.Record(schema);
    record.put("event_id", eventId);
    record.put("event_type", "ride");
    record.put("event_version", 1);
    record.put("event_time", event.time().toEpochMilli() * 1_000);
    record.put("shop", event.shop());
    boolean wide = schema.getField("amount").schema().getType() == Schema.Type.LONG;
    record.put("amount", wide ? (Object) event.amount() : (Object) (int) event.amount());
    record.put("body", Writing.avro(event.body(), schema.getField("body").schema()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(schema).write(record, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private void assertEvents(PipelineTables tables) {
    Map<String, Object> expected = new TreeMap<>();
    told.forEach((id, event) -> expected.put(id, Writing.expected(event.body(), fields)));
    Map<String, Object> read = new TreeMap<>();
    tables
        .events()
        .get("rides")
        .read(lake.spark())
        .select("event_id", "body")
        .collectAsList()
        .forEach(row -> read.put(row.getString(0), Writing.read(row.get(1), fields)));
    assertThat(read).isEqualTo(expected);
  }

  /** Dates that are closed, by then reconciled. */
  private void assertView(PipelineTables tables) {
    LocalDate closed = FIRST.plusDays(landed + 1);
    Map<String, long[]> counts = new TreeMap<>();
    for (Told event : told.values()) {
      long hour = event.time().getEpochSecond() / 3_600 * 3_600;
      if (!event
          .time()
          .isAfter(closed.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC).minusSeconds(1))) {
        long[] count =
            counts.computeIfAbsent(
                Instant.ofEpochSecond(hour) + " " + event.shop(),
                key -> new long[] {0, Long.MIN_VALUE});
        count[0]++;
        count[1] = Math.max(count[1], event.amount());
      }
    }
    Map<String, String> expected = new TreeMap<>();
    counts.forEach((key, count) -> expected.put(key, count[0] + " " + count[1]));
    Map<String, String> read = new TreeMap<>();
    tables
        .views()
        .get("by_shop")
        .table()
        .read(lake.spark())
        .where("date <= date'%s'".formatted(closed))
        .collectAsList()
        .forEach(
            row ->
                read.put(
                    row.<Timestamp>getAs("window_start").toInstant() + " " + row.getAs("shop"),
                    row.getAs("rides") + " " + row.getAs("most")));
    assertThat(read).isEqualTo(expected);
  }

  @Override
  public void close() {
    lake.close();
  }
}
