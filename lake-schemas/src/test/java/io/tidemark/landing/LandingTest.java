package io.tidemark.landing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.input_file_name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LandingTest {
  private static final Instant NOW = Instant.parse("2011-03-04T05:06:07Z");
  private static final String TOPIC = "clicks";
  private static final StructType RECORDS =
      StructType.fromDDL(
          "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP");
  private static final Commit FIRST = new Commit("web.land.events", 0);

  @TempDir private Path folder;
  private TestLake lake;
  private int schemaId;

  private void open() {
    lake = TestLake.in(folder);
    schemaId = registry().register(TOPIC, Click.SCHEMA);
  }

  private SchemaRegistry registry() {
    return SchemaRegistry.at(folder.resolve("registry").toUri());
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @ParameterizedTest
  @EnumSource
  void everyOffsetBecomesAnEventOrADeadLetter(TableFormat format) {
    open();
    byte[] bad = "not avro 🦆".getBytes(StandardCharsets.UTF_8);
    Dataset<Row> records =
        records(
            click(0, 0, "a"),
            record(0, 1, bad),
            click(0, 3, "b"),
            click(1, 7, "c"),
            record(1, 8, null));

    List<LedgerSpan> spans =
        landing(format)
            .land(records, planned(span(0, 0, 4), span(1, 7, 9)), new Commit("web.land.events", 6))
            .spans();

    assertThat(spans)
        .containsExactly(
            new LedgerSpan(TOPIC, 0, 0, 4, 2, 1, 1), new LedgerSpan(TOPIC, 1, 7, 9, 1, 1, 0));
    assertThat(events(format).read(lake.spark()).drop("_landed_batch").collectAsList())
        .containsExactlyInAnyOrder(event("a", 0, 0), event("b", 0, 3), event("c", 1, 7));
    assertThat(events(format).read(lake.spark()).where("_landed_batch = 6").count()).isEqualTo(3);
    assertThat(events(format).read(lake.spark()).select(input_file_name()).distinct().count())
        .as("files of a few records, although these are of two partitions")
        .isOne();
    List<Row> dead = deadLetters(format);
    assertThat(dead).hasSize(2);
    assertThat(dead.get(0).<byte[]>getAs("value")).isEqualTo(bad);
    assertThat(dead.get(0).<String>getAs("reason")).isEqualTo("bad-magic");
    assertThat(dead.get(0).<String>getAs("stage")).isEqualTo("header");
    assertThat(dead.get(1).<String>getAs("reason")).isEqualTo("null-value");
    assertThat(operations(format).ledger().balance(lake.spark(), "web").isBalanced()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aBatchThatIsTriedAgainChangesNothing(TableFormat format) {
    open();
    Dataset<Row> records = records(click(0, 0, "a"), record(0, 1, new byte[0]));
    landing(format).land(records, planned(span(0, 0, 2)), FIRST);
    long events = events(format).version();
    long dead = operations(format).deadLetters().version();

    List<LedgerSpan> again = landing(format).land(records, planned(span(0, 0, 2)), FIRST).spans();

    assertThat(again).containsExactly(new LedgerSpan(TOPIC, 0, 0, 2, 1, 1, 0));
    assertThat(events(format).version()).isEqualTo(events);
    assertThat(operations(format).deadLetters().version()).isEqualTo(dead);
    assertThat(operations(format).ledger().balance(lake.spark(), "web").totals())
        .containsExactlyElementsOf(again);
  }

  @ParameterizedTest
  @EnumSource
  void aCrashAfterTheEventsLosesNoRecordThatCouldNotBeReadThen(TableFormat format) {
    open();
    int unknown = schemaId + 1;
    Dataset<Row> records =
        records(click(0, 0, "a"), record(0, 1, Click.encoded(unknown, "b", NOW)));
    appendEventsOnly(format, records);
    assertThat(registry().register("later", Click.SCHEMA)).isEqualTo(unknown);

    List<LedgerSpan> spans = landing(format).land(records, planned(span(0, 0, 2)), FIRST).spans();

    assertThat(spans).containsExactly(new LedgerSpan(TOPIC, 0, 0, 2, 1, 1, 0));
    assertThat(events(format).read(lake.spark()).count()).isEqualTo(1);
    assertThat(deadLetters(format))
        .singleElement()
        .satisfies(row -> assertThat(row.<String>getAs("reason")).isEqualTo("refused-at-first"));
  }

  @ParameterizedTest
  @CsvSource({"DELTA, false", "DELTA, true", "ICEBERG, false", "ICEBERG, true"})
  void aDeadLetterKeepsItsHeadersAndSaysWhoGaveItsTimestamp(TableFormat format, boolean isRetry) {
    open();
    List<Row> headers =
        List.of(RowFactory.create("trace", new byte[] {0, -1}), RowFactory.create("trace", null));
    Dataset<Row> records =
        lake.spark()
            .createDataFrame(
                List.of(
                    more(click(0, 0, "a"), 0, headers),
                    more(record(0, 1, new byte[0]), 0, headers),
                    more(record(0, 2, null), 1, null)),
                RECORDS
                    .add("timestampType", "int")
                    .add("headers", "array<struct<key:string,value:binary>>"));
    if (isRetry) {
      appendEventsOnly(format, records);
    }

    landing(format).land(records, planned(span(0, 0, 3)), FIRST);

    List<Row> dead = deadLetters(format);
    assertThat(dead)
        .extracting(row -> row.<String>getAs("timestamp_type"))
        .containsExactly("CreateTime", "LogAppendTime");
    List<Row> kept = dead.get(0).getList(dead.get(0).fieldIndex("headers"));
    assertThat(kept).extracting(header -> header.getString(0)).containsExactly("trace", "trace");
    assertThat(kept)
        .extracting(header -> header.<byte[]>getAs(1))
        .containsExactly(new byte[] {0, -1}, null);
    assertThat(dead.get(1).<Object>getAs("headers")).isNull();
  }

  private static Row more(Row record, int timestampType, List<Row> headers) {
    return RowFactory.create(
        record.get(0),
        record.get(1),
        record.get(2),
        record.get(3),
        record.get(4),
        record.get(5),
        timestampType,
        headers);
  }

  @Test
  void aBatchOfNothingButBadRecordsLands() {
    open();
    Dataset<Row> records = records(record(0, 0, null), record(0, 1, new byte[0]));

    List<LedgerSpan> spans =
        landing(TableFormat.ICEBERG).land(records, planned(span(0, 0, 2)), FIRST).spans();

    assertThat(spans).containsExactly(new LedgerSpan(TOPIC, 0, 0, 2, 0, 2, 0));
    assertThat(deadLetters(TableFormat.ICEBERG)).hasSize(2);
  }

  @Test
  void moreRecordsThanOffsetsAreRefused() {
    open();
    Dataset<Row> records = records(click(0, 0, "a"), click(0, 1, "b"));

    assertThatThrownBy(
            () -> landing(TableFormat.DELTA).land(records, planned(span(0, 0, 1)), FIRST))
        .hasMessageContaining("Cannot balance the ledger");
  }

  /** As far as a landing came before it crashed. */
  private void appendEventsOnly(TableFormat format, Dataset<Row> records) {
    Outcomes outcomes = Outcomes.register(lake.spark().sparkContext());
    events(format)
        .land(
            lake.spark(),
            number -> DecodedEvents.of(records, 2, format(), number, null, outcomes),
            FIRST,
            FIRST.batch());
  }

  private Landing landing(TableFormat format) {
    return new Landing(
        new LandingQuery("web", "events"),
        table(format),
        operations(format),
        SchemaMemory.in(lake.checkpoint("land")),
        Clock.fixed(NOW, ZoneOffset.UTC),
        dates -> {});
  }

  private LandingTable table(TableFormat format) {
    return new EventsTable(events(format), format());
  }

  private RecordFormat format() {
    return RecordFormat.ofEvents(
        Click.SCHEMA,
        folder.resolve("registry").toUri(),
        LocalDate.parse("2010-12-01"),
        Duration.ofDays(1));
  }

  private LakeTable events(TableFormat format) {
    return lake.lake()
        .create(
            new TableDefinition(
                "web.events",
                format,
                EventColumns.of(Click.SCHEMA),
                Optional.of("date"),
                List.of("_landed_batch")));
  }

  private OperationTables operations(TableFormat format) {
    return OperationTables.open(lake.lake(), format);
  }

  private List<Row> deadLetters(TableFormat format) {
    return operations(format)
        .deadLetters()
        .read(lake.spark())
        .orderBy(col("partition"), col("offset"))
        .collectAsList();
  }

  private Dataset<Row> records(Row... rows) {
    return lake.spark().createDataFrame(List.of(rows), RECORDS);
  }

  private Row click(int partition, long offset, String id) {
    return record(partition, offset, Click.encoded(schemaId, id, NOW));
  }

  /** As {@link EventColumns} has the columns, but for the landed batch. */
  private Row event(String id, int partition, long offset) {
    Timestamp now = Timestamp.from(NOW);
    return RowFactory.create(
        id,
        now,
        TOPIC,
        partition,
        offset,
        now,
        schemaId,
        null,
        null,
        java.sql.Date.valueOf("2011-03-04"));
  }

  private static Row record(int partition, long offset, byte[] value) {
    return RowFactory.create(null, value, TOPIC, partition, offset, Timestamp.from(NOW));
  }

  private static PlannedSpan span(int partition, long from, long until) {
    return new PlannedSpan(new TopicPartition(TOPIC, partition), from, until);
  }

  private static List<PlannedSpan> planned(PlannedSpan... spans) {
    return List.of(spans);
  }
}
