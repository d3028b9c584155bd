package io.tidemark.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.dimension.DimensionRows;
import io.tidemark.dimension.DimensionTable;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.StubRegistry;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchemaMemoryIT {
  private static final Instant NOW = Instant.parse("2011-03-04T05:06:07Z");
  private static final Schema TIME =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));

  /** As a registry has it that was restored from an old backup: the same bytes are other values. */
  private static final Schema OTHER =
      SchemaBuilder.record("Click")
          .fields()
          .name("event_id")
          .type(Schema.create(Schema.Type.STRING))
          .noDefault()
          .name("event_time")
          .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .endRecord();

  /** The same in other words. */
  private static final Schema RETOLD =
      SchemaBuilder.record("Click")
          .doc("a click")
          .fields()
          .name("event_id")
          .doc("which one")
          .type(Schema.create(Schema.Type.STRING))
          .withDefault("none")
          .name("event_time")
          .aliases("at")
          .type(TIME)
          .noDefault()
          .endRecord();

  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void anIdThatTheRegistryGivesToAnotherSchemaStopsLanding() {
    land(Click.SCHEMA, this::inEvents, 0);

    assertThatThrownBy(() -> land(OTHER, this::inEvents, 1))
        .rootCause()
        .hasMessageStartingWith("Cannot read records of schema 1: the registry at http://")
        .hasMessageContaining("landed-schemas/1. An id names one schema for ever");
    assertThat(events().read(lake.spark()).count()).isOne();
    assertThat(operations().deadLetters().read(lake.spark()).isEmpty()).isTrue();
  }

  @Test
  void norDoesADimensionTakeARecordOfIt() {
    land(Click.SCHEMA, this::inClickers, 0);

    assertThatThrownBy(() -> land(OTHER, this::inClickers, 1))
        .rootCause()
        .hasMessageContaining("another schema under this id");
  }

  @Test
  void theSameSchemaInOtherWordsIsTheSame() {
    land(Click.SCHEMA, this::inEvents, 0);

    land(RETOLD, this::inEvents, 1);

    assertThat(events().read(lake.spark()).count()).isEqualTo(2);
  }

  @Test
  void whatABatchHasWrittenBeforeACrashIsRememberedWhenItIsTriedAgain() throws IOException {
    land(Click.SCHEMA, this::inEvents, 0);
    Files.delete(folder.resolve("checkpoints/land/landed-schemas/1"));

    land(Click.SCHEMA, this::inEvents, 0);

    assertThatThrownBy(() -> land(OTHER, this::inEvents, 1)).isNotNull();
  }

  @Test
  void aFileThatACrashHasCutOffKnowsNothing() throws IOException {
    land(Click.SCHEMA, this::inEvents, 0);
    Files.delete(folder.resolve("checkpoints/land/landed-schemas/.1.crc"));
    Files.writeString(folder.resolve("checkpoints/land/landed-schemas/1"), "12ab");

    land(Click.SCHEMA, this::inEvents, 1);

    assertThat(folder.resolve("checkpoints/land/landed-schemas/1"))
        .content()
        .contains("\"name\":\"Click\"");
  }

  /** Every time a process of its own, as far as schemas go: each registry has another address. */
  private void land(Schema registered, Function<RecordFormat, LandingTable> target, long batch) {
    try (StubRegistry registry = new StubRegistry()) {
      registry.opened();
      registry.answer("/schemas/ids/1", StubRegistry.Reply.schema(registered.toString()));
      RecordFormat format =
          RecordFormat.ofEvents(
              Click.SCHEMA, registry.place(), LocalDate.parse("1970-01-01"), Duration.ofDays(1));
      new Landing(
              new LandingQuery("web", "events"),
              target.apply(format),
              operations(),
              SchemaMemory.in(lake.checkpoint("land")),
              Clock.fixed(NOW, ZoneOffset.UTC),
              dates -> {})
          .land(
              lake.spark().createDataFrame(List.of(click(batch)), RandomRecords.COLUMNS),
              List.of(new PlannedSpan(new TopicPartition("clicks", 0), batch, batch + 1)),
              new Commit("web.land.clicks", batch));
    }
  }

  private LandingTable inEvents(RecordFormat format) {
    return new EventsTable(events(), format);
  }

  private LandingTable inClickers(RecordFormat format) {
    LakeTable rows =
        lake.lake()
            .create(
                new TableDefinition(
                    "web.clickers",
                    TableFormat.DELTA,
                    DimensionTable.columns(EventColumns.fields(Click.SCHEMA)),
                    Optional.empty(),
                    List.of()));
    LakeTable shadow =
        lake.lake().create(DimensionRows.shadow("web.clickers_shadow", rows.definition()));
    return new DimensionTable(rows, shadow, format, List.of("event_id"));
  }

  private LakeTable events() {
    return lake.lake()
        .create(
            new TableDefinition(
                "web.clicks",
                TableFormat.DELTA,
                EventColumns.of(Click.SCHEMA),
                Optional.of("date"),
                List.of("_landed_batch")));
  }

  private OperationTables operations() {
    return OperationTables.open(lake.lake(), TableFormat.ICEBERG);
  }

  private static Row click(long offset) {
    return RowFactory.create(
        null, Click.encoded(1, "c" + offset, NOW), "clicks", 0, offset, Timestamp.from(NOW));
  }
}
