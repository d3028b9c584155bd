package io.tidemark.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.dimension.DimensionRows;
import io.tidemark.dimension.DimensionTable;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.StubRegistry;
import io.tidemark.schema.StubRegistry.Reply;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JudgedOnceIT {
  private static final Instant NOW = Instant.parse("2011-03-04T05:06:07Z");
  private static final Commit FIRST = new Commit("web.land.clicks", 0);
  private static final Reply KNOWN = Reply.schema(Click.SCHEMA.toString());

  private final StubRegistry stub = new StubRegistry();
  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    stub.opened();
  }

  @AfterEach
  void close() {
    stub.close();
    lake.close();
  }

  @Test
  void aSchemaThatIsRegisteredWhileABatchLandsChangesNoVerdict() {
    stub.answer("/schemas/ids/1", StubRegistry.NOT_FOUND, KNOWN);

    List<LedgerSpan> spans = land(new EventsTable(events(), format(Duration.ZERO)), click("a", 0));

    assertThat(spans).containsExactly(new LedgerSpan("clicks", 0, 0, 1, 0, 1, 0));
    assertThat(deadLetters()).containsExactly("0 unknown-schema-id the registry knows no schema 1");
    assertThat(events().read(lake.spark()).count()).isZero();
  }

  @Test
  void norDoesOneOfADimensionsRecords() {
    stub.answer("/schemas/ids/1", StubRegistry.NOT_FOUND, KNOWN);

    List<LedgerSpan> spans = land(dimension(Duration.ZERO), click("a", 0), click("b", 1));

    assertThat(spans).containsExactly(new LedgerSpan("clicks", 0, 0, 2, 0, 2, 0));
    assertThat(deadLetters()).hasSize(2);
    assertThat(operations().ledger().tableRows(lake.spark(), "web"))
        .isEqualTo(Map.of(FIRST.query(), 0L));
  }

  @Test
  void aDimensionThatCrashedBeforeItsLedgerIsCountedAsItWasWritten() {
    stub.answer("/schemas/ids/1", KNOWN).answer("/schemas/ids/2", StubRegistry.NOT_FOUND, KNOWN);
    Row[] records = {click("a", 0), click("a", 1), record(2, Click.encoded(2, "b", NOW))};
    DeadLetters deadLetters = new DeadLetters(operations().deadLetters(), "web", NOW);
    dimension(Duration.ZERO).write(records(records), 1, FIRST, deadLetters);

    List<LedgerSpan> spans = land(dimension(Duration.ZERO), records);

    assertThat(spans).containsExactly(new LedgerSpan("clicks", 0, 0, 3, 2, 1, 0));
    assertThat(deadLetters()).hasSize(1);
    assertThat(rows().read(lake.spark()).count()).isOne();
  }

  @Test
  void aDimensionThatCrashedBeforeItsRowsKeepsWhatItHasRefused() {
    stub.answer("/schemas/ids/1", KNOWN).answer("/schemas/ids/2", StubRegistry.NOT_FOUND, KNOWN);
    Row[] records = {click("a", 0), record(1, Click.encoded(2, "b", NOW))};
    DeadLetters deadLetters = new DeadLetters(operations().deadLetters(), "web", NOW);
    try (JudgedRecords judged =
        JudgedRecords.of(records(records), 1, format(Duration.ZERO), DimensionTable.GOOD)) {
      deadLetters.refuse(judged, FIRST);
    }

    List<LedgerSpan> spans = land(dimension(Duration.ZERO), records);

    assertThat(spans).containsExactly(new LedgerSpan("clicks", 0, 0, 2, 1, 1, 0));
    assertThat(deadLetters()).containsExactly("1 unknown-schema-id the registry knows no schema 2");
    assertThat(rows().read(lake.spark()).count()).isOne();
  }

  @Test
  void recordsOfAFreshIdLandOnceTheRegistryKnowsItWhereverTheyStand() {
    stub.answer("/schemas/ids/1", KNOWN)
        .answer("/schemas/ids/2", StubRegistry.NOT_FOUND, StubRegistry.NOT_FOUND, KNOWN);

    List<LedgerSpan> spans =
        land(
            new EventsTable(events(), format(Duration.ofMinutes(10))),
            record(0, Click.encoded(2, "a", NOW)),
            record(1, null),
            click("b", 2),
            record(3, Click.encoded(2, "c", NOW)));

    assertThat(spans).containsExactly(new LedgerSpan("clicks", 0, 0, 4, 3, 1, 0));
  }

  private List<LedgerSpan> land(LandingTable table, Row... records) {
    return new Landing(
            new LandingQuery("web", "events"),
            table,
            operations(),
            SchemaMemory.in(lake.checkpoint("land")),
            Clock.fixed(NOW, ZoneOffset.UTC),
            dates -> {})
        .land(
            records(records),
            List.of(new PlannedSpan(new TopicPartition("clicks", 0), 0, records.length)),
            FIRST)
        .spans();
  }

  private DimensionTable dimension(Duration patience) {
    LakeTable rows = rows();
    LakeTable shadow =
        lake.lake().create(DimensionRows.shadow("web.clickers_shadow", rows.definition()));
    return new DimensionTable(rows, shadow, format(patience), List.of("event_id"));
  }

  private RecordFormat format(Duration patience) {
    return RecordFormat.ofEvents(
            Click.SCHEMA, stub.place(), LocalDate.parse("2010-12-01"), Duration.ofDays(1))
        .patient(patience);
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

  private LakeTable rows() {
    return lake.lake()
        .create(
            new TableDefinition(
                "web.clickers",
                TableFormat.ICEBERG,
                DimensionTable.columns(EventColumns.fields(Click.SCHEMA)),
                Optional.empty(),
                List.of()));
  }

  private OperationTables operations() {
    return OperationTables.open(lake.lake(), TableFormat.ICEBERG);
  }

  private List<String> deadLetters() {
    return operations().deadLetters().read(lake.spark()).collectAsList().stream()
        .map(
            row ->
                "%s %s %s"
                    .formatted(row.getAs("offset"), row.getAs("reason"), row.getAs("message")))
        .toList();
  }

  private Dataset<Row> records(Row... rows) {
    return lake.spark().createDataFrame(List.of(rows), RandomRecords.COLUMNS);
  }

  private static Row click(String id, long offset) {
    return record(offset, Click.encoded(1, id, NOW));
  }

  private static Row record(long offset, byte[] value) {
    return RowFactory.create(null, value, "clicks", 0, offset, Timestamp.from(NOW));
  }
}
