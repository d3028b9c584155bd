package io.tidemark.dimension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.landing.Landing;
import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.ReplayedRecords;
import io.tidemark.landing.SchemaMemory;
import io.tidemark.landing.TopicPartition;
import io.tidemark.ops.LedgerBalance;
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
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A dimension's topic, from bytes to rows. */
class DimensionTableIT {
  private static final String TOPIC = "prices";
  private static final Schema PRICE =
      SchemaBuilder.record("Price")
          .fields()
          .requiredString("station")
          .requiredInt("price")
          .endRecord();
  private static final List<String> KEY = List.of("station");
  private static final Instant TEN = Instant.parse("2011-01-01T10:00:00Z");

  private static final LandingQuery QUERY = new LandingQuery("bikes", "prices");

  /** The second schema of a registry that has one so far. */
  private static final int UNKNOWN = 2;

  @TempDir private Path folder;
  private TestLake lake;
  private int schemaId;
  private final List<Row> records = new ArrayList<>();

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    schemaId = SchemaRegistry.at(registry()).register(TOPIC, PRICE);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private URI registry() {
    return folder.resolve("registry").toUri();
  }

  @ParameterizedTest
  @EnumSource
  void offsetsDecideAndNotClocks(TableFormat format) {
    record("Zoo", TEN, price("Zoo", 2));
    record("Zoo", TEN.minusSeconds(3600), price("Zoo", 3));

    land(format, 0);

    assertThat(rows(format)).containsExactly("Zoo 3");
  }

  @ParameterizedTest
  @EnumSource
  void aRecordWithoutAValueDeletesTheRowOfItsKey(TableFormat format) {
    record("Zoo", TEN, price("Zoo", 2));
    record("Mitte", TEN, price("Mitte", 4));
    record("Zoo", TEN, null);
    record("nobody's", TEN, null);
    record(null, TEN, null);

    assertThat(land(format, 0)).containsExactly(new LedgerSpan(TOPIC, 0, 0, 5, 4, 1, 0));
    assertThat(rows(format)).containsExactly("Mitte 4");
    assertThat(deadLetters(format)).containsExactly("null-value");

    record("Zoo", TEN, price("Zoo", 5));
    land(format, 1);
    assertThat(rows(format)).containsExactly("Mitte 4", "Zoo 5");
  }

  @ParameterizedTest
  @EnumSource
  void aBatchThatIsTriedAgainChangesNothing(TableFormat format) {
    record("Zoo", TEN, price("Zoo", 2));
    record("Zoo", TEN, null);
    List<Row> batch = List.copyOf(records);
    land(format, 0);
    long version = table(format).version();

    records.addAll(batch);
    land(format, 0);

    assertThat(table(format).version()).isEqualTo(version);
    assertThat(rows(format)).isEmpty();
  }

  /** The clock is asked after the rows, for the marks, and then for the ledger. */
  @ParameterizedTest
  @CsvSource({"ICEBERG, 1", "ICEBERG, 2"})
  void aReplayEndsWhatOneThatWasKilledBegan(TableFormat format, int killedAt) {
    record("Zoo", TEN, price(UNKNOWN, "Zoo", 2));
    record("Mitte", TEN, price(UNKNOWN, "Mitte", 4));
    record("Zoo", TEN, price("Zoo", 3));
    record("Zoo", TEN, new byte[] {9});
    land(format, 0);
    mendTheRegistry();
    assertThat(replay(format, "tried", Clock.systemUTC()).tried(lit(true)).landed()).isEqualTo(2);
    assertThat(rows(format)).containsExactly("Zoo 3");
    AtomicInteger asked = new AtomicInteger();
    InstantSource source =
        () -> {
          if (asked.incrementAndGet() == killedAt) {
            throw new IllegalStateException("killed");
          }
          return TEN;
        };
    Clock killing = source.withZone(ZoneOffset.UTC);
    DimensionReplay killed = replay(format, "killed", killing);
    assertThatThrownBy(() -> killed.replay(lit(true))).hasMessage("killed");
    assertThat(rows(format)).containsExactly("Mitte 4", "Zoo 3");
    assertThat(totals(format)).containsExactly(new LedgerSpan(TOPIC, 0, 0, 4, 1, 3, 0));

    ReplayedRecords next = replay(format, "next", Clock.systemUTC()).replay(lit(true));
    ReplayedRecords last = replay(format, "last", Clock.systemUTC()).replay(lit(true));

    assertThat(List.of(next.landed(), next.recorded()))
        .isEqualTo(killedAt == 1 ? List.of(2L, 0L) : List.of(0L, 2L));
    assertThat(next.refused()).isEqualTo(Map.of("bad-magic", 1L));
    assertThat(last.became()).isZero();
    assertThat(rows(format)).containsExactly("Mitte 4", "Zoo 3");
    String marker = killedAt == 1 ? "next" : "killed";
    assertThat(replayedBy(format)).containsExactlyInAnyOrder(marker, marker, null);
    assertThat(totals(format)).containsExactly(new LedgerSpan(TOPIC, 0, 0, 4, 3, 1, 0));
    assertThat(operations(format).ledger().tableRows(lake.spark(), "bikes"))
        .isEqualTo(Map.of(QUERY.stream(), 1L, QUERY.replay(), 2L));
  }

  @Test
  void severalReplaysBesideAStreamLeaveEachRowOnceAndNoneThatItDeletes() {
    TableFormat format = TableFormat.ICEBERG;
    List<String> expected = new ArrayList<>();
    for (int station = 0; station < 4; station++) {
      record("r" + station, TEN, price(UNKNOWN, "r" + station, 2));
      expected.add("r%d 2".formatted(station));
    }
    land(format, 0);
    mendTheRegistry();
    List<CompletableFuture<ReplayedRecords>> replays =
        Stream.of("one", "other")
            .map(run -> replay(format, run, Clock.systemUTC()))
            .map(replay -> CompletableFuture.supplyAsync(() -> replay.replay(lit(true))))
            .toList();

    for (int batch = 1; batch <= 2; batch++) {
      long from = records.size();
      String station = "s" + batch;
      record(station, TEN, price(station, batch));
      record("r" + batch, TEN, null);
      land(format, batch, from);
      expected.add("%s %d".formatted(station, batch));
      expected.remove("r%d 2".formatted(batch));
    }

    assertThat(replays.stream().mapToLong(replay -> replay.join().landed()).sum()).isEqualTo(4);
    assertThat(rows(format)).isEqualTo(expected);
    assertThat(totals(format))
        .containsExactly(new LedgerSpan(TOPIC, 0, 0, records.size(), records.size(), 0, 0));
    assertThat(operations(format).ledger().tableRows(lake.spark(), "bikes").values())
        .contains((long) expected.size());
    assertThat(table(format).lastBatch(QUERY.replay()).getAsLong())
        .as("a rewrite that the ledger does not have")
        .isLessThanOrEqualTo(
            operations(format).ledger().lastBatch(lake.spark(), QUERY.replay()).getAsLong());
  }

  private List<LedgerSpan> totals(TableFormat format) {
    LedgerBalance balance = operations(format).ledger().balance(lake.spark(), "bikes");
    assertThat(balance.problems()).isEmpty();
    assertThat(balance.replays()).isEmpty();
    return balance.totals();
  }

  private List<String> replayedBy(TableFormat format) {
    return operations(format).deadLetters().read(lake.spark()).collectAsList().stream()
        .map(row -> row.<String>getAs("replayed_by"))
        .toList();
  }

  private void mendTheRegistry() {
    assertThat(SchemaRegistry.at(registry()).register("later", PRICE)).isEqualTo(UNKNOWN);
  }

  private DimensionReplay replay(TableFormat format, String run, Clock clock) {
    return new DimensionReplay(
        lake.spark(),
        QUERY,
        dimension(format),
        operations(format),
        SchemaMemory.in(lake.checkpoint("land")),
        clock,
        run);
  }

  private void record(String key, Instant timestamp, byte[] value) {
    records.add(
        RowFactory.create(
            key == null ? null : key.getBytes(UTF_8),
            value,
            TOPIC,
            0,
            (long) records.size(),
            Timestamp.from(timestamp)));
  }

  /** In Confluent's framing. */
  private byte[] price(String station, int price) {
    return price(schemaId, station, price);
  }

  private static byte[] price(int schemaId, String station, int price) {
    byte[] text = station.getBytes(UTF_8);
    return ByteBuffer.allocate(7 + text.length)
        .put((byte) 0)
        .putInt(schemaId)
        .put((byte) (text.length << 1))
        .put(text)
        .put((byte) (price << 1))
        .array();
  }

  /** All records so far, which is more than came since the last batch. */
  private List<LedgerSpan> land(TableFormat format, long batch) {
    return land(format, batch, 0);
  }

  private DimensionTable dimension(TableFormat format) {
    LakeTable table = table(format);
    LakeTable shadow =
        lake.lake().create(DimensionRows.shadow("bikes.prices_shadow", table.definition()));
    return new DimensionTable(table, shadow, RecordFormat.ofDimension(PRICE, registry(), KEY), KEY);
  }

  /** Those from an offset on. */
  private List<LedgerSpan> land(TableFormat format, long batch, long from) {
    return new Landing(
            QUERY,
            dimension(format),
            operations(format),
            SchemaMemory.in(lake.checkpoint("land")),
            Clock.systemUTC(),
            dates -> {})
        .land(
            lake.spark()
                .createDataFrame(
                    records.subList((int) from, records.size()),
                    StructType.fromDDL(
                        "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT,"
                            + " timestamp TIMESTAMP")),
            List.of(new PlannedSpan(new TopicPartition(TOPIC, 0), from, records.size())),
            new Commit(QUERY.stream(), batch))
        .spans();
  }

  private LakeTable table(TableFormat format) {
    return lake.lake()
        .create(
            new TableDefinition(
                "bikes.prices",
                format,
                DimensionTable.columns(EventColumns.fields(PRICE)),
                Optional.empty(),
                KEY));
  }

  private OperationTables operations(TableFormat format) {
    return OperationTables.open(lake.lake(), format);
  }

  private List<String> rows(TableFormat format) {
    return table(format).read(lake.spark()).orderBy("station").collectAsList().stream()
        .map(row -> row.getString(0) + " " + row.getInt(1))
        .toList();
  }

  private List<String> deadLetters(TableFormat format) {
    return operations(format).deadLetters().read(lake.spark()).collectAsList().stream()
        .map(row -> row.<String>getAs("reason"))
        .toList();
  }
}
